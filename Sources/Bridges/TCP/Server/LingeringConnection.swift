import Chat
import Glibc
import Sockets

/// A connection that has been told everything and only waits until the other side has it.
///
/// Closing with unread input resets a connection, and what is still on its way to the other side is
/// lost (RFC 1122, 4.2.2.13). So nothing more is sent, what comes is thrown away, and it is closed
/// when the other side closes. Confined to the loop.
final class LingeringConnection: EventHandler {
    private var connection: Connection?
    private let done: (ObjectIdentifier) -> Void
    private lazy var timer = LoopTimer { [weak self] in self?.look() }
    private let loop: EventLoop
    private var discarded = 0
    private var looksLeft: Int
    /// Whether it is enough that the other side's system has everything.
    private var isUrgent: Bool

    /// How often it looks whether the other side has everything, and how often at most: 2 s.
    private static let interval: Int64 = 20_000_000
    private static let looks = 100
    /// Bytes it reads and throws away at most.
    private static let bound = 1 << 20

    /// Takes a descriptor over.
    ///
    /// - Parameter isUrgent: whether it is enough that the other side's system has everything, as
    ///   when the server stops.
    init(
        _ descriptor: Int32, on loop: EventLoop, isUrgent: Bool,
        done: @escaping (ObjectIdentifier) -> Void
    ) throws {
        self.done = done
        self.loop = loop
        self.isUrgent = isUrgent
        looksLeft = Self.looks
        connection = try Connection(descriptor, on: loop, handler: self)
        connection?.finishSending()
        loop.set(timer, after: Self.interval)
    }

    /// Looks at once, once its owner knows it.
    func begin() { if isUrgent { look() } }

    /// From now on it is enough that the other side's system has everything.
    func hurry() {
        isUrgent = true
        look()
    }

    private func look() {
        looksLeft -= 1
        let isSent = connection.map { $0.unsentBytes == 0 } ?? true
        if looksLeft == 0 || isUrgent && isSent {
            close()
        } else {
            loop.set(timer, after: Self.interval)
        }
    }

    func handle(_ ready: Readiness) {
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { buffer in
            switch connection?.receive(into: buffer) {
            case .bytes(let count):
                discarded += count
                if discarded > Self.bound { close() }
            case .wouldBlock: break
            case .end, .failed, nil: close()
            }
        }
    }

    func close() {
        guard let connection else { return }
        self.connection = nil
        connection.close()
        timer.cancel()
        done(ObjectIdentifier(self))
    }
}
