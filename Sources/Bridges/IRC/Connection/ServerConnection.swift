import IRC
import MessageBus
import Sockets

/// A connection to the server, as lines.
///
/// Confined to the loop, which `Connection` checks.
final class ServerConnection: EventHandler {
    private let connection: Connection
    private var splitter = LineSplitter(longest: maxLine)
    private var output: [UInt8] = []
    private var written = 0
    private var isPaused = false
    private var isOver = false
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)
    /// Called with each line.
    var onLine: (IRCMessage) -> Void = { _ in }
    /// Called once, with the reason, when the connection has ended by itself.
    var onEnd: (String) -> Void = { _ in }

    /// Bytes of a line: the tags of a server's and a client's, and what follows.
    private static let maxLine =
        IRCMessage.maxServerTags + IRCMessage.maxClientTags + 2_048
    /// Bytes that wait for the server before no more lines are made.
    private static let fullOutput = 64 << 10
    /// Bytes that may wait at all: a server that reads nothing is dead.
    private static let maxOutput = 1 << 20
    /// Reads in a turn: others live on the loop, too.
    private static let readsPerTurn = 8

    /// Takes a connection over.
    ///
    /// - Throws: `SocketError`.
    init(_ established: EstablishedConnection, on loop: EventLoop) throws {
        let handler = HandlerReference()
        connection = try Connection(
            established.descriptor, session: established.session, on: loop, handler: handler)
        connection.setUpTCP(givingUpAfter: .seconds(120))
        handler.owner = self
        connection.replaceHandler(with: self)
    }

    /// True if it is encrypted.
    var isEncrypted: Bool { connection.isEncrypted }
    /// True if enough waits to be sent.
    var isFull: Bool { output.count - written > Self.fullOutput }

    /// Reads what has come with the handshake.
    func begin() { if connection.hasHeldInput { receive() } }

    /// Receives and sends.
    func handle(_ ready: Readiness) {
        if ready.contains(.writable) { flush() }
        if !isPaused, !ready.isDisjoint(with: [.readable, .failed, .hungUp]) { receive() }
        if isPaused, !ready.isDisjoint(with: [.failed, .hungUp]) { end("the server is gone") }
    }

    private func receive() {
        for _ in 0..<Self.readsPerTurn {
            if isPaused || isOver { return }
            switch unsafe buffer.withUnsafeMutableBytes({ connection.receive(into: $0) }) {
            case .bytes(let count): read(count)
            case .wouldBlock: return
            case .end: return end("the server has closed the connection")
            case .failed(let code):
                return end(SocketError("the connection", errno: code).description)
            }
        }
    }

    private func read(_ count: Int) {
        // What a line leads to may end or pause the connection; the other lines count yet.
        var lines: [IRCMessage] = []
        unsafe buffer.withUnsafeBytes { bytes in
            unsafe splitter.split(UnsafeRawBufferPointer(rebasing: bytes[..<count])) { piece in
                if case .line(let line, _) = piece, let message = unsafe IRCMessage(line) {
                    lines.append(message)
                }
            }
        }
        for line in lines where !isOver { onLine(line) }
    }

    /// Stops to read, so that the server waits.
    func pause() {
        isPaused = true
        watch()
    }

    /// Reads on.
    func resume() {
        guard isPaused, !isOver else { return }
        isPaused = false
        watch()
        if connection.hasHeldInput { receive() }
    }

    /// Sends a line.
    func send(_ line: IRCMessage) {
        guard !isOver else { return }
        output += line.bytes
        flush()
        if output.count - written > Self.maxOutput { end("the server does not read") }
    }

    private func flush() {
        guard !isOver else { return }
        if case .failed(let code)? = connection.flush() {
            return end(SocketError("the connection", errno: code).description)
        }
        while written < output.count {
            let outcome = unsafe output.withUnsafeBytes {
                unsafe connection.send(UnsafeRawBufferPointer(rebasing: $0[written...]))
            }
            guard case .bytes(let count) = outcome else {
                if case .failed(let code) = outcome {
                    return end(SocketError("the connection", errno: code).description)
                }
                break
            }
            written += count
        }
        if written == output.count {
            (output, written) = ([], 0)
        } else if written > output.count / 2 {
            output.removeFirst(written)
            written = 0
        }
        watch()
    }

    private func watch() {
        guard !isOver else { return }
        var interest: Readiness = isPaused ? [] : .readable
        if written < output.count || connection.hasUnsent { interest.insert(.writable) }
        connection.wait(for: interest)
    }

    /// Closes it; nobody is told.
    func close() {
        isOver = true
        (onLine, onEnd) = ({ _ in }, { _ in })
        connection.close()
    }

    private func end(_ reason: String) {
        guard !isOver else { return }
        let tell = onEnd
        close()
        tell(reason)
    }
}

/// The handler of a connection that is being made.
///
/// Owned by that connection; confined to the loop, which `Connection` checks.
private final class HandlerReference: EventHandler {
    weak var owner: ServerConnection?

    func handle(_ ready: Readiness) { owner?.handle(ready) }
}
