import Glibc
import JSON
import MessageBus
import Sockets

/// The asking side of the control socket, for one request.
///
/// Confined to its loop, on which `next(within:)` must be called. Reads only as fast as it is
/// asked, so that a full socket shows the daemon that somebody reads slowly.
package final class ControlClient: EventHandler, @unchecked Sendable {  // touched on the loop only
    private let loop: EventLoop
    private let path: String
    /// Keeps the directory of a long path open.
    private let address: ControlAddress
    private var connection: Connection?
    private var unsent: [UInt8]
    private var received: [UInt8] = []
    /// Bytes of `received` that were returned already.
    private var start = 0
    private var waiter: CheckedContinuation<Void, Never>?
    private var isLate = false
    private lazy var timer = LoopTimer { [weak self] in
        self?.isLate = true
        self?.wake()
    }

    /// Bytes of one read.
    private static let readSize = 64 << 10
    /// The longest line that a daemon sends.
    private static let maxLineBytes = 4 << 20

    /// Connects, and sends a request.
    ///
    /// - Parameter path: the path of the control socket.
    /// - Throws: `ControlError` with a sentence that names the path, if nobody is there.
    package init(_ request: ControlRequest, to path: String, on loop: EventLoop) throws {
        self.loop = loop
        self.path = path
        unsent = request.line
        address = try ControlAddress(path)
        do {
            let descriptor = try LocalSocket.connect(to: address.socket)
            connection = try Connection(descriptor, on: loop, handler: self, interest: [])
        } catch let error as SocketError {
            throw Self.sentence(error, path)
        }
    }

    private static func sentence(_ error: SocketError, _ path: String) -> ControlError {
        switch error.code {
        case ENOENT, ECONNREFUSED, ENOTSOCK, ENOTDIR:
            ControlError("no daemon answers on \(path): \(error.reason); is it running?")
        case EACCES, EPERM:
            ControlError("\(path): \(error.reason): only the daemon's own user and root may ask")
        case EAGAIN: ControlError("the daemon does not answer on \(path): too many wait there")
        default: ControlError("\(path): \(error.reason)")
        }
    }

    deinit { connection?.close() }

    /// Wakes the waiting task.
    package func handle(_ ready: Readiness) { wake() }

    private func wake() {
        connection?.wait(for: [])
        waiter?.resume()
        waiter = nil
    }

    /// Returns the next line of the answer; `nil` after the last one.
    ///
    /// - Parameter limit: the time it may take; `nil`: for ever.
    /// - Throws: `ControlError` if the daemon is gone in the middle or takes too long;
    ///   `CancellationError`.
    package func next(within limit: Duration? = nil) async throws -> ControlReply? {
        loop.assertOwned()
        isLate = false
        if let limit { loop.set(timer, after: limit) }
        defer { timer.cancel() }
        while true {
            if let line = removeLine() {
                guard let value = JSONReader.read(line) else {
                    throw ControlError("the daemon on \(path) sent something strange")
                }
                let reply = ControlReply(value)
                if case .exit = reply { close() }
                return reply
            }
            guard connection != nil else { return nil }
            try Task.checkCancellation()
            if isLate, let limit {
                throw ControlError(
                    "the daemon on \(path) did not answer within \(limit / .seconds(1)) s")
            }
            if try !exchange() { await wait() }
        }
    }

    private func removeLine() -> [UInt8]? {
        guard let ending = received[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            received.removeFirst(start)
            start = 0
            return nil
        }
        defer { start = ending + 1 }
        return Array(received[start..<ending])
    }

    /// Sends and receives what can be; returns false if the kernel has to be waited for.
    private func exchange() throws -> Bool {
        guard let connection else { return true }
        if !unsent.isEmpty, case .bytes(let count) = unsafe unsent.withUnsafeBytes(connection.send)
        {
            unsent.removeFirst(count)
        }
        return try unsafe withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 1) {
            buffer in
            switch connection.receive(into: buffer) {
            case .bytes(let count):
                unsafe received.append(contentsOf: buffer[..<count])
                guard received.count <= Self.maxLineBytes else {
                    throw ControlError("the daemon on \(path) sent something strange")
                }
                return true
            case .wouldBlock: return false
            case .end, .failed:
                close()
                throw ControlError("the daemon on \(path) went away in the middle of its answer")
            }
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter = continuation
                connection?.wait(for: unsent.isEmpty ? .readable : [.readable, .writable])
                if Task.isCancelled || isLate { wake() }
            }
        } onCancel: {
            loop.perform { [weak self] in self?.wake() }
        }
    }

    /// Ends the connection: the daemon stops what it was asked to do.
    package func close() {
        connection?.close()
        connection = nil
    }
}
