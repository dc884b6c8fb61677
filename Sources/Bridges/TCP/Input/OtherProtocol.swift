import Chat
import Sockets

/// A protocol other than the chat's, recognised by the way its clients begin.
///
/// A browser sends whatever a web page tells it to. If the headers were read as lines of the chat,
/// any page could speak here, and the room would read the cookies sent with them.
enum OtherProtocol: Equatable {
    /// HTTP, or a protocol with request lines of the same form: RTSP, SIP, ICAP.
    case http(isHead: Bool)
    case tls
    case ssh
    case smtp
    case socks4
    case socks5
    /// A PROXY header, from a client that is not a known proxy.
    case proxy

    /// The result of a look at the first bytes: no text begins with the first byte of another
    /// protocol.
    enum Beginning: Equatable {
        case text
        /// The next byte decides.
        case undecided
        case other(OtherProtocol)
    }

    /// The protocol's name, for the log.
    var name: String {
        switch self {
        case .http: "HTTP"
        case .tls: "TLS"
        case .ssh: "SSH"
        case .smtp: "SMTP"
        case .socks4, .socks5: "SOCKS"
        case .proxy: "the PROXY protocol"
        }
    }

    /// Checks the first bytes of a connection.
    static func beginning(_ first: UInt8, _ second: UInt8?) -> Beginning {
        switch first {
        case 0x04: .other(.socks4)
        case 0x05: .other(.socks5)
        // A record of a handshake, of any version (RFC 8446, 5.1).
        case 0x16: second.map { $0 == 0x03 ? .other(.tls) : .text } ?? .undecided
        default: .text
        }
    }

    /// Checks a line of a connection without a name; the bytes may be of any kind.
    ///
    /// - Parameters:
    ///   - isFirst: true if no line came before it.
    ///   - isInterrupted: true if there was a pause between its bytes: the line is then a request
    ///     only if it has a version, which nobody says by chance.
    @safe init?(line: UnsafeRawBufferPointer, isFirst: Bool, isInterrupted: Bool = false) {
        let line = RequestLine(line)
        if line.isRequest && (line.hasVersion || !isInterrupted) || isFirst && line.isHeader {
            self = .http(isHead: line.method == "head")
        } else if isFirst, line.hasPrefix("ssh-"), line.isDigit(at: 4) {
            self = .ssh
        } else if isFirst, line.isMailCommand {
            self = .smtp
        } else if isFirst, line.isProxyHeader {
            self = .proxy
        } else {
            return nil
        }
    }

    /// Checks the beginning of a line that is too long.
    @safe init?(tooLong beginning: UnsafeRawBufferPointer) {
        let line = RequestLine(beginning)
        guard line.mayBecomeRequest, line.hasTarget else { return nil }
        self = .http(isHead: false)
    }

    /// Returns whether the first bytes of a connection begin a binary PROXY header, or are a whole
    /// one in text.
    @safe static func isProxyHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        ProxyHeaderSignature.begins(bytes)
    }

    /// Returns whether the beginning of a line may still become a request; a short pause does not
    /// end it.
    @safe static func mayBecomeRequest(_ beginning: UnsafeRawBufferPointer) -> Bool {
        RequestLine(beginning).mayBecomeRequest
    }
}
