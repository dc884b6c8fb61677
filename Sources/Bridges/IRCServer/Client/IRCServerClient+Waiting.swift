import Chat
import MessageBus

// Something that is mostly answered at once, and sometimes later.
extension IRCServerClient {
    /// Does something whose answer comes at once, or later: then the client's lines wait for it.
    func wait(
        _ action: (_ then: @escaping (SpeechResult) -> Void) -> Void,
        finish: @escaping @Sendable (SpeechResult, isolated Bus) -> Void
    ) {
        let answer = Answer()
        action { [self] result in
            guard answer.isLate else {
                answer.result = result
                return
            }
            // The server may be gone, too.
            guard stream.isOpen else { return }
            bus.assumeIsolated { input.endQuestion(result, finish, $0) }
        }
        if let result = answer.result {
            bus.assumeIsolated { finish(result, $0) }
        } else {
            answer.isLate = true
            input.beginQuestion()
        }
    }

    /// The result of speaking, which comes at once or later.
    ///
    /// Owned by the call that waits for it; confined to the bus's loop.
    private final class Answer {
        var result: SpeechResult?
        var isLate = false
    }
}
