import Chat
import MessageBus
import Sockets

/// New connections that have not been greeted yet.
///
/// The first bytes of a client may belong to another protocol; the first answer must then be one of
/// that protocol. So the greeting waits for a silence. Confined to the bus's loop.
final class DelayedGreetings {
    private struct Entry {
        let connection: ChatConnection
        /// The time of the greeting, by the loop's clock.
        let deadline: MonotonicTime
    }

    private let loop: EventLoop
    private let delay: Duration
    private var entries: [Entry] = []
    private var first = 0
    private lazy var timer = LoopTimer { [unowned self] in self.greetExpired() }

    /// - Parameter delay: the silence after which a client is greeted.
    init(after delay: Duration, on loop: EventLoop) {
        self.delay = delay
        self.loop = loop
    }

    /// Greets a connection after the delay, unless it has sent what may be another protocol.
    func enqueue(_ connection: ChatConnection) {
        loop.assertOwned()
        if isEmpty { loop.set(timer, after: delay) }
        entries.append(Entry(connection: connection, deadline: loop.now + delay))
    }

    /// Removes all connections.
    func cancel() {
        timer.cancel()
        (entries, first) = ([], 0)
    }

    private var isEmpty: Bool { first == entries.count }

    private func greetExpired() {
        let now = loop.now
        while !isEmpty, entries[first].deadline <= now {
            let connection = entries[first].connection
            first += 1
            // A client that has sent half a request is greeted when it turns out to be none.
            if !connection.hasSentBytes || !connection.input.mayBeOther { connection.greet() }
        }
        if isEmpty {
            (entries, first) = ([], 0)
        } else {
            loop.set(timer, at: entries[first].deadline)
        }
    }
}
