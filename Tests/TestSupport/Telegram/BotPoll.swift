import Sockets

/// A poll that waits for something new.
///
/// Confined to the server's loop.
final class BotPoll {
    private let state: BotServerState
    private let limit: Int
    private let finish: (BotAnswer) -> Void
    private var timer: LoopTimer?

    init(_ state: BotServerState, limit: Int, finish: @escaping (BotAnswer) -> Void) {
        self.state = state
        self.limit = limit
        self.finish = finish
    }

    /// Waits, or answers at once if there is something.
    func start(timeout: Int64) {
        if !state.queue.updates.isEmpty || timeout == 0 { return end(with: batch) }
        state.poll?.end(
            with: BotAnswer(
                409,
                """
                Conflict: terminated by other getUpdates request; make sure that only one bot \
                instance is running
                """))
        state.poll = self
        let timer = LoopTimer { [weak self] in self?.wake() }
        self.timer = timer
        state.loop?.set(timer, after: .seconds(timeout))
    }

    private var batch: BotAnswer { BotAnswer(state.queue.updates.prefix(limit).map(\.json)) }

    /// Answers with what there is.
    func wake() { end(with: batch) }

    /// Forgets the poll, since nobody waits for the answer any more.
    func drop() {
        timer?.cancel()
        if state.poll === self { state.poll = nil }
    }

    /// Answers.
    func end(with answer: BotAnswer) {
        drop()
        finish(answer)
    }
}
