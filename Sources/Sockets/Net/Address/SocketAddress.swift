import CLinux
import Glibc

/// The address of a socket: an IP address with a port, or a path.
public struct SocketAddress: Sendable {
    private var storage = sockaddr_storage()
    /// Bytes of `storage` that are used.
    public private(set) var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    init() {}

    /// Copies an address in the kernel's form.
    init<Address>(copying address: inout Address) {
        unsafe withUnsafeMutableBytes(of: &storage) { storage in
            unsafe withUnsafeBytes(of: &address) { unsafe storage.copyMemory(from: $0) }
        }
        length = socklen_t(MemoryLayout<Address>.size)
    }

    /// Returns all addresses of a host and port, by the system's resolver.
    ///
    /// May take seconds, so must not be called on the loop.
    ///
    /// - Throws: `SocketError` with the resolver's sentence.
    public static func resolve(host: String, port: UInt16) throws -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw SocketError("resolve \(host)", reason: unsafe String(cString: gai_strerror(code)))
        }
        defer { unsafe freeaddrinfo(list) }
        var result: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next?.pointee {
            var address = SocketAddress()
            address.length = unsafe entry.ai_addrlen
            unsafe withUnsafeMutableBytes(of: &address.storage) { bytes in
                unsafe bytes.copyMemory(
                    from: UnsafeRawBufferPointer(
                        start: entry.ai_addr, count: Int(entry.ai_addrlen)))
            }
            result.append(address)
            unsafe next = entry.ai_next
        }
        return result
    }

    /// Returns the address of a socket in the file system.
    ///
    /// - Throws: `SocketError` if the path is longer than the kernel takes (107 bytes).
    public static func unix(path: String) throws(SocketError) -> SocketAddress {
        var unix = sockaddr_un()
        unix.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: unix.sun_path) else {
            throw SocketError("unix:\(path)", reason: "the path is longer than 107 bytes")
        }
        unsafe withUnsafeMutableBytes(of: &unix.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return SocketAddress(copying: &unix)
    }

    /// Returns the address of a Unix socket without a file (unix(7), "abstract").
    ///
    /// - Throws: `SocketError` if the name is empty or longer than the kernel takes (107 bytes).
    static func abstract(name: String) throws(SocketError) -> SocketAddress {
        let bytes = [0] + Array(name.utf8)
        guard bytes.count > 1, bytes.count <= MemoryLayout<sockaddr_un>.size - pathOffset else {
            throw SocketError("unix:@\(name)", reason: "the name has not 1 to 107 bytes")
        }
        var unix = sockaddr_un()
        unix.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &unix.sun_path) { unsafe $0.copyBytes(from: bytes) }
        var address = SocketAddress(copying: &unix)
        // Each further zero would be part of the name.
        address.length = socklen_t(pathOffset + bytes.count)
        return address
    }

    /// Bytes of `sockaddr_un` before the path.
    private static let pathOffset = 2

    /// True for a Unix socket with a name in place of a file.
    var isAbstract: Bool {
        family == AF_UNIX && length > Self.pathOffset
            && value(at: Self.pathOffset) as UInt8 == 0
    }

    /// AF_INET, AF_INET6 or AF_UNIX.
    public var family: Int32 { Int32(storage.ss_family) }

    /// The part that limits count by; `nil` for a path.
    ///
    /// For IPv6 the first 64 bits, which belong to one subscriber; IPv4 in IPv6
    /// (`::ffff:192.0.2.1`) counts as IPv4.
    public var host: HostKey? {
        switch family {
        case AF_INET: HostKey(ipv4: value(at: 4))
        case AF_INET6:
            HostKey(high: UInt64(bigEndian: value(at: 8)), low: UInt64(bigEndian: value(at: 16)))
        default: nil
        }
    }

    /// Returns the number at an offset of the kernel's form, in its byte order.
    private func value<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Number {
        unsafe withUnsafeBytes(of: storage) {
            unsafe $0.loadUnaligned(fromByteOffset: offset, as: Number.self)
        }
    }

    /// The port, 0 for a path.
    public var port: UInt16 {
        family == AF_UNIX ? 0 : UInt16(bigEndian: value(at: 2))
    }

    /// Returns the address with another port; a path stays as it is.
    public func with(port: UInt16) -> SocketAddress {
        var copy = self
        if family != AF_UNIX {
            unsafe withUnsafeMutableBytes(of: &copy.storage) {
                unsafe $0.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            }
        }
        return copy
    }

    /// Calls a function with the address in the kernel's form.
    @safe func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result
    {
        unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                guard let base = pointer.baseAddress else {
                    preconditionFailure("a struct on the stack has an address")
                }
                return unsafe body(base, length)
            }
        }
    }

    /// Gives a socket the address.
    func bind(_ descriptor: Int32) -> Int32 {
        withPointer { unsafe Glibc.bind(descriptor, $0, $1) }
    }

    /// Connects a socket to the address.
    func connect(_ descriptor: Int32) -> Int32 {
        withPointer { unsafe Glibc.connect(descriptor, $0, $1) }
    }

    /// Returns a socket's own address, and the call's result.
    static func own(of descriptor: Int32) -> (SocketAddress, Int32) {
        read { unsafe getsockname(descriptor, $0, $1) }
    }

    /// Returns the address that a function such as `getsockname` writes, and its result.
    @safe static func read(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (SocketAddress, Int32) {
        var address = SocketAddress()
        var length = address.length
        let result = unsafe withUnsafeMutableBytes(of: &address.storage) { bytes in
            unsafe bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                guard let base = pointer.baseAddress else {
                    preconditionFailure("a struct on the stack has an address")
                }
                return unsafe body(base, &length)
            }
        }
        address.length = length
        return (address, result)
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `0.0.0.0:2000`, `[::1]:2000`, `unix:/run/puente.sock`, `unix:@puente`.
    public var description: String {
        if family == AF_UNIX {
            return unsafe withUnsafeBytes(of: storage) { bytes in
                let path = unsafe bytes[..<Int(length)].dropFirst(Self.pathOffset)
                return unsafe isAbstract
                    ? "unix:@" + String(decoding: path.dropFirst(), as: UTF8.self)
                    : "unix:" + String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        return "\(hostText):\(port)"
    }

    /// The IP address without the port: `127.0.0.1`, `[::1]`.
    var hostText: String {
        let host = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
            let result = withPointer { pointer, length in
                unsafe getnameinfo(pointer, length, text.baseAddress, 128, nil, 0, NI_NUMERICHOST)
            }
            return result == 0 ? unsafe String(lent: text.baseAddress) ?? "?" : "?"
        }
        return family == AF_INET6 ? "[\(host)]" : host
    }
}
