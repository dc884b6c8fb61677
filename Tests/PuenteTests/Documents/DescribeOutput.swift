/// The output of `puente describe`, read back.
struct DescribeOutput {
    /// An option's key, and its default as JSON: null if it is described in words, `nil` if the
    /// option must be given.
    struct Option: Equatable {
        let key: String
        let value: String?

        init(key: String, value: String?) {
            self.key = key
            self.value = value
        }

        /// Reads a row of a page's table: the key and the default in backticks, `–` for none.
        ///
        /// A default described in words counts as null.
        init(row: [Substring]) {
            let bare = row.map { $0.wholeMatch(of: /`([^`]*)`/).map { String($0.1) } }
            key = (bare.first ?? nil) ?? ""
            value = row.count > 1 && row[1] != "–" ? bare[1] ?? "null" : nil
        }
    }

    private(set) var titles: [String] = []
    private(set) var sections: [String: [Option]] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            if line.first != " " {
                titles.append(String(line))
                sections[String(line)] = []
            } else if let title = titles.last, let option = Self.option(line) {
                sections[title, default: []].append(option)
            }
        }
    }

    private static func option(_ line: Substring) -> Option? {
        let pattern = /\ \ (\w+)\ \ \((.+), (?:default (.+?)|must be given)(?:, never shown)?\)/
        guard let match = line.wholeMatch(of: pattern) else { return nil }
        let isJSON = match.3?.first.map { "[{\"0123456789".contains($0) } ?? false
        let value = isJSON || ["true", "false", nil].contains(match.3) ? match.3 : "null"
        return Option(key: String(match.1), value: value.map(String.init))
    }
}
