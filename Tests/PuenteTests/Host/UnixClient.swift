import Foundation
import Sockets
import TestSupport

/// A client of a socket in the file system.
final class UnixClient: Sendable {
    let stream: TestStream
    private let descriptor: Int32

    /// Connects as soon as the socket accepts connections.
    init(_ path: String) async throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        // Nothing reports the creation of the file.
        await pollUntil { [address] in
            withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
        }
        try Task.checkCancellation()
        self.descriptor = descriptor
        stream = TestStream(descriptor)
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
