import Glibc
import Sockets

/// A blocking socket to a port of this machine, and what has come by it.
///
/// Confined to the test that uses it: one call at a time. A call that waits does so on a thread of
/// its own, because the threads of the tests are few.
package final class LoopbackSocket: @unchecked Sendable {  // see above
    private let descriptor: Int32
    package private(set) var received: [UInt8] = []
    package private(set) var isAtEnd = false
    private var isOpen = true

    /// Connects.
    ///
    /// - Parameter receiveBuffer: bytes the kernel keeps for who does not read; small for those who
    ///   are to be slow.
    package init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SocketError("connect") }
    }

    deinit { close() }

    /// Returns a port of this machine at which nobody listens, and which no other socket gets that
    /// does not ask for it.
    ///
    /// It stays bound as long as the tests run: who listens sets SO_REUSEADDR, by which a port is
    /// free that is bound but not listened at (socket(7)).
    package static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            throw SocketError("bind")
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Closes it.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Sends bytes; they must be few enough for the kernel to take them at once.
    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { throw SocketError("send") }
            rest = rest.dropFirst(count)
        }
    }

    /// Returns what a parser makes of the bytes that have come, when it makes something of them.
    ///
    /// - Parameter parse: takes off the bytes it has used; called again when more have come, at the
    ///   end too; `nil`: not yet.
    package func read<Result: Sendable>(
        _ parse: @escaping @Sendable (inout [UInt8], _ isAtEnd: Bool) throws -> Result?
    ) async throws -> Result {
        if let result = try parse(&received, isAtEnd) { return result }
        return try await DedicatedThread.run(named: "test client") {
            Swift.Result {
                while true {
                    if self.isAtEnd { throw SocketError("read", reason: "closed") }
                    try self.receive()
                    if let result = try parse(&self.received, self.isAtEnd) { return result }
                }
            }
        }.get()
    }

    private func receive() throws {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Patience.milliseconds) > 0 else {
            throw SocketError("read", reason: "nothing came; last: \(received.suffix(300).text)")
        }
        var count = 0
        received += [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
            count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            initialized = max(0, count)
        }
        if count < 0 { throw SocketError("read") }
        isAtEnd = count == 0
    }
}

extension Collection<UInt8> {
    /// The bytes as text.
    package var text: String { String(decoding: self, as: UTF8.self) }
}
