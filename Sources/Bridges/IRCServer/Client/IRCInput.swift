import Chat
import Sockets

/// The bytes that a client has sent, taken apart line by line, so that the rest can wait.
///
/// Owned by an `IRCServerClient`; confined to the bus's loop.
struct IRCInput: ParsedInput {
    /// The next piece of input.
    enum Event {
        case line(InputLines.Line)
        /// A ping of the WebSocket, whose bytes are to be sent back.
        case ping([UInt8])
        /// The end of the WebSocket.
        case end
    }

    private var lines = InputLines()
    /// The frames of a WebSocket; `nil` for a socket.
    private var frames: WebSocketInput?

    /// Makes the input of a client that has sent nothing.
    ///
    /// - Parameter isWebSocket: true if each line is a message of a WebSocket.
    init(isWebSocket: Bool = false) {
        if isWebSocket {
            frames = WebSocketInput(maxMessage: InputLines.maxBytes, takesBinary: true)
        }
    }

    /// True if bytes wait that may hold another line.
    var hasMore: Bool { frames?.hasMore ?? lines.hasMore }

    /// Adds bytes that have come.
    @safe mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if frames == nil { unsafe lines.append(bytes) } else { frames?.append(bytes) }
    }

    /// Returns the next event; `nil` when more bytes are needed.
    ///
    /// - Throws: `WebSocketViolation`, and the same again from then on.
    mutating func next() throws(WebSocketViolation) -> Event? {
        if frames == nil { return lines.next().map { .line($0) } }
        while let event = try frames?.next() {
            switch event {
            case .text(let line), .binary(let line):
                let bare = line.filter { $0 != 0x0D && $0 != 0x0A }
                if bare.isEmpty { continue }
                return .line(InputLines.isTooLong(bare[...]) ? .tooLong : .line(bare))
            case .ping(let payload): return .ping(payload)
            case .pong: break
            case .close: return .end
            }
        }
        return nil
    }

    /// Forgets what waits.
    mutating func removeAll() {
        lines.removeAll()
        frames?.removeAll()
    }
}
