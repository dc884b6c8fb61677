import Glibc
import JSON
import MessageBus
import Sockets

/// The daemon that runs with a configuration, as the kernel knows it.
struct DaemonProcess {
    /// The number of its process.
    private let process: pid_t

    /// The time within which it must answer.
    private static let deadline = Duration.seconds(2)

    /// Finds the daemon by its control socket; `nil` if nobody answers there.
    ///
    /// - Parameter loop: the loop that this is called on.
    init?(at path: String, on loop: EventLoop) async {
        guard let client = try? ControlClient(ControlRequest("version"), to: path, on: loop),
            case .object(let answer)? = try? await client.next(within: Self.deadline),
            let process = answer["process"].integer, process > 0
        else { return nil }
        client.close()
        self.process = pid_t(clamping: process)
    }

    /// Returns true if the daemon listens at an address, `127.0.0.1:2000` or
    /// `unix:/run/puente.sock`.
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
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var result: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var target = [CChar](repeating: 0, count: 64)
            let count = unsafe readlink("\(directory)/\(name)", &target, target.count)
            guard count > 0 else { continue }
            result.append(
                String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return result
    }

    // MARK: - What the kernel lists

    /// Returns the sockets that listen at a port, as descriptors of processes name them.
    ///
    /// The address is not compared: with the port taken, the daemon's own socket there is in the
    /// way.
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
    private static let maxTableBytes = 64 << 20

    private static func lines(of table: String) -> [Substring] {
        guard let bytes = try? BoundedInput.bytes(of: table, atMost: maxTableBytes) else {
            return []
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map(\.self)
    }
}
