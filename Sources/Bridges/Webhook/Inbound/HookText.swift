/// The text of a request, with its author.
struct HookText: Equatable, Sendable {
    var text: String
    /// The name of its author; `nil` for the bridge's.
    var name: String?

    init(_ text: String, from name: String? = nil) {
        self.text = text
        self.name = name
    }
}
