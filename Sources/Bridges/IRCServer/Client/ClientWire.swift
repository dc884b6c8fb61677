import Chat
import Sockets

/// The transport of a client's lines: a socket or a WebSocket.
///
/// Confined to the bus's loop.
enum ClientWire: StreamedConnection {
    /// A socket; the function closes its descriptor once the other side has read everything.
    case socket(Connection, closeWhenRead: (Int32) -> Void)
    /// A WebSocket.
    case webSocket(TakenOverConnection, isBinary: Bool)

    /// The client's name in the log.
    var clientName: String {
        switch self {
        case .socket: "a client"
        case .webSocket(let taken, _): taken.clientName
        }
    }

    /// The connection below.
    var connection: Connection {
        switch self {
        case .socket(let connection, _): connection
        case .webSocket(let taken, _): taken.connection
        }
    }

    /// The form in which it carries lines.
    var transport: ClientForm.Transport {
        switch self {
        case .socket: .lines
        case .webSocket(_, let isBinary): isBinary ? .binaryFrames : .textFrames
        }
    }

    /// Closes at once, or once the other side has read everything.
    func close(whenRead: Bool) {
        switch self {
        case .socket(let connection, let closeWhenRead):
            guard connection.isOpen else { return }
            if whenRead { closeWhenRead(connection.detach()) } else { connection.close() }
        case .webSocket(let taken, _): taken.close(whenRead: whenRead)
        }
    }
}
