/// Hides secrets in texts that go to the log.
struct SecretMask: Sendable {
    private let secrets: [String]

    /// Characters of the shortest text that is hidden: shorter ones are in every other word, and no
    /// secrets.
    private static let shortest = 4

    /// Makes a mask for secrets, of which those with several lines are hidden line by line.
    init(_ secrets: [String]) {
        self.secrets = secrets.flatMap { $0.split(whereSeparator: \.isNewline) }
            .map(String.init).filter { $0.count >= Self.shortest }
            // A secret that is a part of another would leave the rest of that.
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Returns a text with `…` in place of each secret.
    func masked(_ text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) {
            text = text.replacing(secret, with: "…")
        }
        return text
    }

    /// Returns the beginning of a longer text with `…` in place of each secret, also of one that is
    /// cut at its end.
    func masked(beginning: String) -> String {
        var text = masked(beginning)
        for secret in secrets {
            var part = secret.dropLast()
            while !part.isEmpty, !text.hasSuffix(part) { part = part.dropLast() }
            if part.count >= Self.shortest { text.removeLast(part.count) }
        }
        return text
    }
}
