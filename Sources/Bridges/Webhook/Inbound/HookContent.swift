import Chat
import JSON
import MessageBus

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

/// The reader of a request's content: templates, or a preset.
struct HookContent: Sendable {
    let hook: HookOptions
    let phrases: Phrases

    /// Returns what a request says; `nil` if that is nothing.
    func text(of json: JSON, _ request: HookRequest) -> HookText? {
        let name = hook.from?.text(of: json)
        if let preset = hook.preset {
            guard var said = preset.text(of: json, request, phrases) else { return nil }
            if let name { said.name = name }
            return said
        }
        return hook.text?.text(of: json).map { HookText($0, from: name) }
    }
}
