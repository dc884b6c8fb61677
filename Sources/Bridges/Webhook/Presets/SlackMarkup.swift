/// The markup of Slack's texts: links in angle brackets, and three escapes.
enum SlackMarkup {
    /// Returns a text of mrkdwn as people read it.
    static func plain(_ text: String) -> String {
        guard text.contains(where: { $0 == "<" || $0 == "&" }) else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            result += unescaped(rest[..<start])
            let inside = rest[rest.index(after: start)...]
            guard let end = inside.firstIndex(where: { $0 == ">" || $0 == "<" }),
                inside[end] == ">"
            else {
                // Nothing closes it, so it opens nothing.
                result += "<"
                rest = inside
                continue
            }
            result += reference(inside[..<end])
            rest = inside[inside.index(after: end)...]
        }
        return result + unescaped(rest)
    }

    /// Returns a text with `&lt;`, `&gt;` and `&amp;` as the characters they stand for.
    static func unescaped(_ text: Substring) -> String {
        // The ampersand last, or it would make escapes where there are none.
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&amp;", with: "&")
    }

    private static func reference(_ content: Substring) -> String {
        let parts = content.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let target = unescaped(parts.first ?? "")
        let label = parts.count > 1 && !parts[1].isEmpty ? unescaped(parts[1]) : nil
        switch target.first {
        case "@", "#":
            // A person or a channel, by an id.
            guard let label, let mark = target.first else { return target }
            return label.first == mark ? label : "\(mark)\(label)"
        case "!":
            if let label { return label }
            return "@\(target.dropFirst().prefix { $0 != "^" })"
        default:
            let address = target.hasPrefix("mailto:") ? String(target.dropFirst(7)) : target
            guard let label, label != address, label != target else { return address }
            return "\(label) (\(address))"
        }
    }
}
