extension OptionCheck {
    /// Warns of a `{word}` that is never replaced.
    public mutating func placeholders(
        in text: String, known: [String], at location: OptionLocation
    ) {
        for part in text.split(separator: "{", omittingEmptySubsequences: false).dropFirst() {
            let name = part.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
            guard !name.isEmpty, part.dropFirst(name.count).first == "}",
                !known.contains(String(name))
            else { continue }
            let all = known.map { "{\($0)}" }.joined(separator: " and ")
            warning("{\(name)} stays as it is: there are \(all)", at: location)
            return
        }
    }
}
