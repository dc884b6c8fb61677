/// A mask that hides secrets in texts for the log.
struct SecretMask: Sendable {
    private let secrets: [String]

    /// Characters of the shortest text that is hidden: a shorter one occurs in many words, and is
    /// no secret.
    private static let shortest = 4

    /// Makes a mask for secrets; one of several lines is hidden line by line.
    init(_ secrets: [String]) {
        self.secrets = secrets.flatMap { $0.split(whereSeparator: \.isNewline) }
            .map(String.init).filter { $0.count >= Self.shortest }
            // A secret that is part of another must not be replaced first, or the rest of the other
            // would stay.
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

    /// Returns the beginning of a longer text with `…` in place of each secret, even of one that
    /// the end of the text cuts off.
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
