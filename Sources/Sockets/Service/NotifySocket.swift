import CLinux
import Glibc
import Locking

/// The sender of notifications to a service manager's socket.
///
/// Safe from any thread, never waits: what does not fit into the manager's queue is sent, in order,
/// by a thread that exists only then.
final class NotifySocket: Sendable {
    private let address: SocketAddress
    private let descriptor: Int32
    private let report: @Sendable (SocketError) -> Void
    private let waiting = Locked<[String]>([])

    /// Notifications that may wait: more than there are in the life of a process that does not
    /// reload in a loop.
    private static let maxWaiting = 64
    private let timeout: Duration

    /// Opens a socket to send from.
    ///
    /// - Parameters:
    ///   - name: an absolute path, or `@` and the name of an abstract socket (unix(7)).
    ///   - timeout: the time to wait for the queue, for each notification.
    ///   - report: called for each notification that can't be delivered.
    /// - Throws: `SocketError` for another kind of address, or without descriptors.
    init(
        _ name: String, timeout: Duration,
        report: @escaping @Sendable (SocketError) -> Void
    ) throws(SocketError) {
        switch name.first {
        case "/": address = try .unix(path: name)
        case "@": address = try .abstract(name: String(name.dropFirst()))
        default: throw SocketError("NOTIFY_SOCKET \(name)", reason: "it is not a Unix socket")
        }
        self.timeout = timeout
        self.report = report
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
    }

    deinit { close(descriptor) }

    /// Sends a notification.
    func send(_ text: String) {
        let code = waiting.withLock { waiting -> Int32 in
            let code = waiting.isEmpty ? deliver(text, Int32(MSG_DONTWAIT)) : EAGAIN
            if code == EAGAIN, waiting.count < Self.maxWaiting { waiting.append(text) }
            // If others wait, there is a thread already.
            return code == EAGAIN && waiting.count > 1 ? 0 : code
        }
        if code == EAGAIN { startSending() } else { reportIfFailed(code) }
    }

    /// Sends a notification, unless others wait or the manager's queue is full.
    func sendOrDrop(_ text: String) {
        let code = waiting.withLock { waiting in
            waiting.isEmpty ? deliver(text, Int32(MSG_DONTWAIT)) : 0
        }
        if code != EAGAIN { reportIfFailed(code) }
    }

    private func startSending() {
        do throws(SocketError) {
            try DedicatedThread.start(named: "notify") { self.sendWaiting() }
        } catch {
            waiting.withLock { $0 = [] }
            report(error)
        }
    }

    private func sendWaiting() {
        var limit = timeval(tv_sec: Int(timeout.wholeSeconds), tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var next = waiting.withLock { $0.first }
        while let text = next {
            let code = deliver(text, 0)
            // Removed only when it is sent, so that nothing overtakes it.
            next = waiting.withLock { waiting in
                waiting.removeFirst()
                return waiting.first
            }
            reportIfFailed(code)
        }
    }

    /// Returns 0, or the error's number.
    private func deliver(_ text: String, _ flags: Int32) -> Int32 {
        let bytes = Array(text.utf8)
        let count = address.withPointer { pointer, length in
            unsafe sendto(
                descriptor, bytes, bytes.count, flags | Int32(MSG_NOSIGNAL), pointer, length)
        }
        return count == bytes.count ? 0 : errno
    }

    private func reportIfFailed(_ code: Int32) {
        guard code != 0 else { return }
        report(SocketError("notify \(address)", errno: code))
    }
}
