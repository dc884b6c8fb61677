import Glibc
import Sockets

/// The keys that are pressed at the terminal.
///
/// Confined to its loop.
final class TopKeys: EventHandler {
    private let action: (UInt8?) -> Void
    private let loop: EventLoop
    private var registration: EventLoop.Registration?

    /// Bytes of one read: more than anybody types in a turn.
    private static let readSize = 256

    /// Watches standard input, which is in raw mode.
    ///
    /// - Parameter action: called for each byte, and with `nil` once the terminal is gone.
    /// - Throws: `SocketError` if it can't be watched.
    init(on loop: EventLoop, action: @escaping (UInt8?) -> Void) throws {
        self.loop = loop
        self.action = action
        registration = try loop.add(STDIN_FILENO, .readable, self)
    }

    /// Reads what was typed.
    func handle(_ ready: Readiness) {
        loop.assertOwned()
        var bytes = [UInt8](repeating: 0, count: Self.readSize)
        let count = unsafe read(STDIN_FILENO, &bytes, bytes.count)
        for byte in bytes.prefix(max(0, count)) { action(byte) }
        let isGone = count < 0 && errno != EINTR && errno != EAGAIN
        guard isGone || ready.contains(.hungUp) else { return }
        stop()
        action(nil)
    }

    /// Stops watching.
    func stop() {
        loop.assertOwned()
        if let registration { loop.remove(registration) }
        registration = nil
    }
}
