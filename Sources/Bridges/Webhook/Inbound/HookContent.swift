import Chat
import JSON
import MessageBus

/// The reader of a request's content: templates, or a preset.
struct HookContent: Sendable {
    let hook: HookOptions
    let phrases: Phrases

    /// Returns the text that a request says; `nil` if it says nothing.
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
