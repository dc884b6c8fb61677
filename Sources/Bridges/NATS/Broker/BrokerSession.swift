import JSON
import Locking
import Sockets

/// The lifetime of one connection: its threads, and what they find out.
///
/// Safe from any thread.
final class BrokerSession: Sendable {
    let connection: BrokerConnection
    private let isOverFlag = Locked(false)
    private let isCheckWanted = Locked(false)
    private let publishedAt = Locked<MonotonicTime?>(nil)
    private let running = Locked(0)
    private let ended = ThreadSignal()

    /// Makes a session whose connection stands.
    init(_ connection: BrokerConnection) { self.connection = connection }

    /// True once its threads are to end.
    var isOver: Bool { isOverFlag.withLock { $0 } || !connection.isOpen }

    /// Asks its threads to end.
    func finish() { isOverFlag.withLock { $0 = true } }

    /// Asks the thread that reads to check the stream: the broker did not answer another thread, or
    /// answered as if the stream were another one.
    func requestCheck() { isCheckWanted.withLock { $0 = true } }

    /// Returns true, once, if a check was requested.
    func takeCheckRequest() -> Bool {
        isCheckWanted.withLock { isWanted in
            defer { isWanted = false }
            return isWanted
        }
    }

    /// Records that the stream has taken a message.
    func recordPublished() { publishedAt.withLock { $0 = connection.clock.monotonic() } }

    /// Returns whether the stream has taken a message within a time.
    func hasPublished(within time: Duration) -> Bool {
        publishedAt.withLock { $0.map { connection.clock.monotonic() - $0 < time } ?? false }
    }

    /// Starts a thread that uses the connection until the session is over.
    ///
    /// - Throws: `BrokerError` if there are no more threads.
    func start(
        _ name: String, _ body: @escaping @Sendable (BrokerSession) -> Void
    ) throws(BrokerError) {
        running.withLock { $0 += 1 }
        do throws(SocketError) {
            try DedicatedThread.start(named: name) { [self] in
                body(self)
                running.withLock { $0 -= 1 }
                ended.send()
            }
        } catch {
            running.withLock { $0 -= 1 }
            throw BrokerError(.unreachable, "\(error)")
        }
    }

    /// Ends the threads, then closes and releases the connection; blocks.
    func end() {
        finish()
        while running.withLock({ $0 }) > 0 { ended.wait(atMost: .seconds(1)) }
        connection.end()
    }
}
