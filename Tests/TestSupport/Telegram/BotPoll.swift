import Sockets

/// A poll that waits for something new.
///
/// Confined to the server's loop.
final class BotPoll {
    private let desk: BotDesk
    private let limit: Int
    private let finish: (BotAnswer) -> Void
    private var timer: LoopTimer?

    init(_ desk: BotDesk, limit: Int, finish: @escaping (BotAnswer) -> Void) {
        self.desk = desk
        self.limit = limit
        self.finish = finish
    }

    /// Waits, or answers at once if there is something.
    func start(timeout: Int64) {
        if !desk.queue.updates.isEmpty || timeout == 0 { return end(with: batch) }
        desk.poll?.end(
            with: BotAnswer(
                409,
                """
                Conflict: terminated by other getUpdates request; make sure that only one bot \
                instance is running
                """))
        desk.poll = self
        let timer = LoopTimer { [weak self] in self?.wake() }
        self.timer = timer
        desk.loop?.set(timer, after: timeout * 1_000_000_000)
    }

    private var batch: BotAnswer { BotAnswer(desk.queue.updates.prefix(limit).map(\.json)) }

    /// Answers with what there is.
    func wake() { end(with: batch) }

    /// Forgets it, since nobody waits for the answer any more.
    func drop() {
        timer?.cancel()
        if desk.poll === self { desk.poll = nil }
    }

    /// Answers.
    func end(with answer: BotAnswer) {
        drop()
        finish(answer)
    }
}
