import Foundation
import Testing

/// A folder with the path of a control socket in it.
final class ControlFolder: Sendable {
    let path: String
    private let url: URL

    init(named name: String = "p") throws {
        url = URL.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.appending(path: "puente.sqlite.control").path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Leaves the file of a socket that nobody listens on.
    func leaveSocket() throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        close(descriptor)
    }
}
