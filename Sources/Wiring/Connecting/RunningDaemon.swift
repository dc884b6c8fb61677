import Glibc
import MessageBus

/// The daemon that runs with a configuration, as the kernel knows it.
struct RunningDaemon {
    /// The number of its process.
    private let process: pid_t

    /// Finds the daemon by its control socket; `nil` if nobody answers there.
    init?(of configuration: Configuration) {
        guard let store = configuration.store else { return nil }
        let path = Configuration.path(store.path, of: configuration.file) + ".control"
        guard let process = Self.process(listeningAt: path) else { return nil }
        self.process = process
    }

    /// Returns true if the daemon listens at an address, `127.0.0.1:2000` or `unix:/run/puente.sock`.
    ///
    /// False also where the kernel does not tell, as of another user's process.
    func holds(_ address: String) -> Bool {
        let sockets =
            address.hasPrefix("unix:")
            ? Self.unixSockets(at: String(address.dropFirst("unix:".count)))
            : Self.listeners(at: address)
        guard !sockets.isEmpty else { return false }
        return descriptors.contains { sockets.contains($0) }
    }

    /// The sockets among the daemon's descriptors, as `socket:[12345]`.
    private var descriptors: [String] {
        let directory = "/proc/\(process)/fd"
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var result: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var target = [CChar](repeating: 0, count: 64)
            let count = readlink("\(directory)/\(name)", &target, target.count)
            guard count > 0 else { continue }
            result.append(
                String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return result
    }

    // MARK: - What the kernel lists

    /// Returns the process that listens at a Unix socket.
    private static func process(listeningAt path: String) -> pid_t? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        // `struct ucred`: process, user and group, which Swift's Glibc module lacks.
        var credentials: (pid_t, uid_t, gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard isConnected,
            getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0,
            credentials.0 > 0
        else { return nil }
        return credentials.0
    }

    /// Returns the sockets that listen at a port, as descriptors of processes name them.
    ///
    /// The address is not compared: with the port taken, the daemon's own socket there is in the way.
    private static func listeners(at address: String) -> Set<String> {
        guard let colon = address.lastIndex(of: ":"),
            let port = UInt16(address[address.index(after: colon)...])
        else { return [] }
        let digits = String(port, radix: 16, uppercase: true)
        let ending = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        var result: Set<String> = []
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in lines(of: table) {
                // sl, local address, remote address, state (0A: listening), …, inode (proc(5)).
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[1].hasSuffix(ending), fields[3] == "0A" else {
                    continue
                }
                result.insert("socket:[\(fields[9])]")
            }
        }
        return result
    }

    private static func unixSockets(at path: String) -> Set<String> {
        var result: Set<String> = []
        for line in lines(of: "/proc/net/unix") {
            // Num, RefCount, Protocol, Flags, Type, St, Inode, Path.
            let fields = line.split(separator: " ", maxSplits: 7)
            guard fields.count == 8, fields[7] == path else { continue }
            result.insert("socket:[\(fields[6])]")
        }
        return result
    }

    /// The most bytes that are read of a list of the kernel's: about 400,000 sockets.
    private static let largestTable = 64 << 20

    private static func lines(of table: String) -> [Substring] {
        guard let bytes = try? BoundedInput.bytes(of: table, atMost: largestTable) else {
            return []
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map(\.self)
    }
}
