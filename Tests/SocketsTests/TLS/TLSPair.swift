import Glibc
import Sockets
import TestSupport

@testable import Sockets

/// A client and a server's session with a socket between them, in one thread: bytes move when the
/// test says so.
final class TLSPair {
    let client: TLSEngine
    let session: TLSSession
    /// The server's end of the socket.
    let server: Int32
    /// The client's end of the socket.
    let far: Int32
    /// The last result of the server's handshake.
    private(set) var progress = TLSSession.Progress.needsInput

    init(
        _ context: TLSContext, _ settings: TLSEngine.Settings = TLSEngine.Settings(),
        resuming ticket: OpaquePointer? = nil, sendBuffer: Int32? = nil
    ) throws {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SocketError("socketpair") }
        (server, far) = (ends[0], ends[1])
        if var size = sendBuffer { setsockopt(server, SOL_SOCKET, SO_SNDBUF, &size, 4) }
        session = try TLSSession(context, TLSTransport(), on: server)
        client = try TLSEngine(settings, resuming: ticket)
    }

    deinit {
        close(server)
        close(far)
    }

    /// Does the handshake, with the client's bytes in pieces of a size.
    func connect(piece: Int = .max) {
        client.handshake()
        while progress == .needsInput {
            let bytes = client.dequeueOutput()
            if bytes.isEmpty { return }
            for start in stride(from: 0, to: bytes.count, by: min(piece, bytes.count)) {
                let end = piece == .max ? bytes.count : min(bytes.count, start + piece)
                progress = bytes[start..<end].withUnsafeBytes { session.handshake($0) }
                if progress != .needsInput { break }
            }
            client.receive(fromServer())
        }
    }

    /// Returns the bytes that the server has sent, at most so many.
    func fromServer(atMost most: Int = .max) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < most {
            let size = min(65_536, most - result.count)
            var count = 0
            result += [UInt8](unsafeUninitializedCapacity: size) { buffer, used in
                count = recv(far, buffer.baseAddress, size, 0)
                used = max(0, count)
            }
            if count <= 0 { break }
        }
        return result
    }

    /// Sends bytes to the server as they are.
    func toServer(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard !bytes.isEmpty else { return }
        _ = Glibc.send(far, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Encrypts a text, and returns the bytes for the server.
    func encrypted(_ text: [UInt8]) -> [UInt8] {
        client.write(text)
        return client.dequeueOutput()
    }

    /// Reads on the server's side until nothing is there.
    func readAll() -> (text: [UInt8], end: Connection.Outcome) {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let outcome = buffer.withUnsafeMutableBytes { session.receive(into: $0) }
            guard case .bytes(let count) = outcome else { return (text, outcome) }
            text += buffer[..<count]
        }
    }

    /// Sends a text from the server, and returns how much of it counts as sent.
    func send(_ text: [UInt8]) -> Connection.Outcome { text.withUnsafeBytes { session.send($0) } }
}
