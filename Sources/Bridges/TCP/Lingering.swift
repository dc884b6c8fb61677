import Sockets

/// A connection that has been told everything and only waits for the other side to close.
///
/// Confined to the loop.
final class Lingering: EventHandler {
    private var connection: Connection?
    private let done: (ObjectIdentifier) -> Void
    private lazy var deadline = LoopTimer { [weak self] in self?.close() }
    private let loop: EventLoop
    private var discarded = 0

    /// How long it waits.
    private static let patience: Int64 = 2_000_000_000
    /// Bytes it reads and throws away at most.
    private static let bound = 1 << 20

    init(
        _ descriptor: Int32, on loop: EventLoop, done: @escaping (ObjectIdentifier) -> Void
    ) throws {
        self.done = done
        self.loop = loop
        connection = try Connection(descriptor, on: loop, handler: self)
        connection?.finishSending()
        loop.set(deadline, after: Self.patience)
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
        deadline.cancel()
        done(ObjectIdentifier(self))
    }
}
