import Glibc

/// A connection that has been sent everything and stays open until the other side has received it.
///
/// Closing with unread input resets a connection, and what is still on its way to the other side is
/// lost (RFC 1122, 4.2.2.13). So nothing more is sent, input is discarded, and the connection
/// closes when the other side closes. Confined to the loop.
final class LingeringConnection: EventHandler {
    private var connection: Connection?
    private let onClose: (ObjectIdentifier) -> Void
    private lazy var timer = LoopTimer { [weak self] in self?.checkSent() }
    private let loop: EventLoop
    private var discardedBytes = 0
    private var checksLeft: Int
    /// True if the connection closes as soon as the other side's kernel has everything.
    private var isUrgent: Bool

    /// The time between two checks of what the other side has confirmed.
    private static let checkInterval: Duration = .milliseconds(20)
    /// Checks before the connection is closed in any case: 2 s, many round trips.
    private static let maxChecks = 100
    /// Bytes that are read and discarded at most: a client that goes on sending is closed.
    private static let maxDiscardedBytes = 1 << 20

    /// Takes a descriptor over.
    ///
    /// - Parameter isUrgent: whether to close as soon as the other side's kernel has everything, as
    ///   when the server stops.
    init(
        _ descriptor: Int32, on loop: EventLoop, isUrgent: Bool,
        onClose: @escaping (ObjectIdentifier) -> Void
    ) throws {
        self.onClose = onClose
        self.loop = loop
        self.isUrgent = isUrgent
        checksLeft = Self.maxChecks
        connection = try Connection(descriptor, on: loop, handler: self)
        connection?.finishSending()
        loop.set(timer, after: Self.checkInterval)
    }

    /// Checks at once if it is urgent; called when the owner holds this object.
    func begin() { if isUrgent { checkSent() } }

    /// Closes as soon as the other side's kernel has everything.
    func closeWhenConfirmed() {
        isUrgent = true
        checkSent()
    }

    private func checkSent() {
        checksLeft -= 1
        let isSent = connection.map { $0.unconfirmedBytes == 0 } ?? true
        if checksLeft == 0 || isUrgent && isSent {
            close()
        } else {
            loop.set(timer, after: Self.checkInterval)
        }
    }

    func handle(_ ready: Readiness) {
        loop.assertOwned()
        unsafe withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { buffer in
            switch connection?.receive(into: buffer) {
            case .bytes(let count):
                discardedBytes += count
                if discardedBytes > Self.maxDiscardedBytes { close() }
            case .wouldBlock: break
            case .end, .failed, nil: close()
            }
        }
    }

    /// Closes at once.
    func close() {
        guard let connection else { return }
        self.connection = nil
        connection.close()
        timer.cancel()
        onClose(ObjectIdentifier(self))
    }
}
