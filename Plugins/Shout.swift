import MessageBus

/// Makes everyone shout.
struct Shout: Middleware {
    func handle(_ message: inout Message) -> Verdict {
        message.text = message.text.uppercased()
        return .pass
    }
}
