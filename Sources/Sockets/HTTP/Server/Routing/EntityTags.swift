/// The condition of `If-None-Match` (RFC 9110, 13.1.2).
enum EntityTags {
    /// Returns whether a client already has the contents with one of these tags, by the weak
    /// comparison.
    ///
    /// - Parameter tags: each with its quotes.
    static func match(_ head: HTTPRequestHead, _ tags: [String]) -> Bool {
        guard let value = head["if-none-match"] else { return false }
        if value == "*" { return true }
        // A tag may contain a comma, but ours do not: what falls apart matches none of them.
        return value.split(separator: ",").contains { part in
            var text = part.drop { $0 == " " || $0 == "\t" }
            if text.hasPrefix("W/") { text = text.dropFirst(2) }
            while text.last == " " || text.last == "\t" { text = text.dropLast() }
            return tags.contains(String(text))
        }
    }
}
