import Chat

/// The name of a branch or a tag, as Git writes it: `refs/heads/main`.
struct GitReference {
    private let isTag: Bool
    private let name: String

    init(_ text: String) {
        isTag = text.hasPrefix("refs/tags/")
        name =
            ["refs/heads/", "refs/tags/"].first { text.hasPrefix($0) }
            .map { String(text.dropFirst($0.count)) } ?? text
    }

    /// Returns the word for the kind of reference, and its name.
    func worded(_ phrases: Phrases) -> (kind: String, name: String) {
        (isTag ? phrases.tag : phrases.branch, name.isEmpty ? "?" : name)
    }
}
