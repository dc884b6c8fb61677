import Glibc
import Sockets

/// Stands in for a service manager such as systemd: a socket that takes notifications.
///
/// Confined to the test that uses it: one call at a time.
package final class NotificationInbox: @unchecked Sendable {  // see above
    /// The value of `NOTIFY_SOCKET`.
    package let name: String
    private let address: sockaddr_un
    private let length: socklen_t
    private let descriptor: Int32

    /// Makes a socket with a file, or an abstract one.
    package init(path: String? = nil) throws {
        name = path ?? "@puente-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = name.utf8.map { path == nil && $0 == UInt8(ascii: "@") ? 0 : $0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self.address = address
        length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let code = withAddress { bind(descriptor, $0, $1) }
        guard code == 0 else { throw SocketError("bind \(name)") }
    }

    deinit { close(descriptor) }

    private func withAddress<Value>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// Returns the next notification, as it was sent.
    package func next() async throws -> String {
        try await DedicatedThread.run(named: "notifications") { [descriptor] in
            Result { try Self.receive(from: descriptor, within: Patience.milliseconds) }
        }.get()
    }

    /// Returns the notifications up to the one that contains a text.
    @discardableResult
    package func all(until text: String) async throws -> [String] {
        var all: [String] = []
        repeat { all.append(try await next()) } while !(all.last ?? "").contains(text)
        return all
    }

    /// Returns what has come and was not read yet.
    package func rest() -> [String] {
        var all: [String] = []
        while let text = try? Self.receive(from: descriptor, within: 0) { all.append(text) }
        return all
    }

    /// Sends "full" to itself until its queue is full.
    package func fill() {
        let sender = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(sender) }
        while withAddress({ sendto(sender, "full", 4, Int32(MSG_DONTWAIT), $0, $1) }) == 4 {}
    }

    private static func receive(from descriptor: Int32, within limit: Int32) throws -> String {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, limit) > 0 else {
            throw SocketError("notify", reason: "nothing came")
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
