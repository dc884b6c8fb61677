import MessageBus
import Sockets

/// A client whose input a `ClientInputReader` reads, as far as one kind of client differs from
/// another.
///
/// Confined to the bus's loop.
package protocol InputClient: AnyObject, Sendable {
    /// The bytes it has sent, and the events in them.
    associatedtype Input: ParsedInput
    /// The form in which it reads rooms.
    associatedtype Form: RoomForm

    /// The incoming half of its connection.
    var input: ClientInputReader<Self> { get }
    /// The outgoing half.
    var stream: RoomStream<Form> { get }
    /// True once its server stops.
    var isStopping: Bool { get }
    /// True if commands that have come before its server stops are still executed, up to the first
    /// one that has to wait for an answer.
    static var isServedWhileStopping: Bool { get }
    /// True while an answer that it has waited for is still wanted; asked only while it is open.
    var takesAnswers: Bool { get }

    /// Acts on an event.
    func apply(_ event: Input.Event, _ bus: isolated Bus)

    /// Closes, because of what it has sent.
    func close(dueTo violation: WebSocketViolation, _ bus: isolated Bus)

    /// Returns whether more may be read at present; if not, `continueAfterPause` is called later.
    func mayBeRead(_ bus: isolated Bus) -> Bool

    /// Records that something was read.
    func recordRead()

    /// Called when the answer to the event that had to wait is complete.
    func endResponse()
}

extension InputClient {
    package var takesAnswers: Bool { true }

    /// Returns true: it may be read at any time.
    package func mayBeRead(_ bus: isolated Bus) -> Bool { true }

    /// Does nothing.
    package func recordRead() {}

    /// Does nothing: every answer is complete.
    package func endResponse() {}

    /// Asks the accounts, which answer by a call; input waits meanwhile.
    package func ask<Answer: Sendable>(
        within timeout: Duration = PendingQuery.passwordTimeout,
        _ question: (_ then: @escaping (Answer) -> Void) -> Void,
        then finish: @escaping @Sendable (Answer?, isolated Bus) -> Void
    ) {
        input.ask(within: timeout, question, then: finish)
    }

    /// Asks the bus or the store; input waits meanwhile.
    package func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (isolated Bus) async throws -> Answer,
        then finish: @escaping @Sendable (Answer?, isolated Bus) -> Void
    ) {
        input.ask(question, then: finish)
    }
}
