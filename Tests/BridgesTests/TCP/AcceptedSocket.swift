import Glibc
import TestSupport

/// The server's end of a connection, which is in the same process as the test.
struct AcceptedSocket {
    private let descriptor: Int32

    /// Finds the socket by both ports, because connections to several servers may share one; `nil`
    /// if there is none.
    init?(of client: ChatClient) {
        guard let port = Self.port(client.descriptor, getsockname),
            let server = Self.port(client.descriptor, getpeername),
            let found = (0..<65_536).first(where: {
                Self.port($0, getpeername) == port && Self.port($0, getsockname) == server
            })
        else { return nil }
        descriptor = found
    }

    private static func port(
        _ descriptor: Int32,
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                ask(descriptor, $0, &length)
            }
        }
        return result == 0 && address.sin_family == AF_INET ? address.sin_port : nil
    }

    /// An option of TCP (tcp(7)).
    subscript(option: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(4)
        getsockopt(descriptor, Int32(IPPROTO_TCP), option, &value, &length)
        return value
    }
}
