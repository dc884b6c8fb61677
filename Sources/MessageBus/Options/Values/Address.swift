import Glibc

/// An address to listen at or to connect to: `0.0.0.0:2000`, `[::]:2000`, `localhost:0`,
/// `unix:/run/puente.sock`.
public enum Address: Sendable, Hashable, CustomStringConvertible {
    /// A name or a number of a host, without brackets, and a port from 0 to 65535.
    case network(host: String, port: Int)
    /// The path of a Unix socket, as it was written.
    case unix(path: String)

    /// The longest path that fits `sun_path` of `sockaddr_un` with its final zero.
    private static let maxPathBytes = 107

    /// Reads an address, and resolves nothing; nil if it isn't one.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst("unix:".count)
            guard (1...Self.maxPathBytes).contains(path.utf8.count), !path.utf8.contains(0) else {
                return nil
            }
            self = .unix(path: String(path))
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = Self.port(text[text.index(after: colon)...])
        else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inside = String(host.dropFirst().dropLast())
            guard Self.isVersion6(inside) else { return nil }
            self = .network(host: inside, port: port)
        } else {
            guard Self.isHost(host) else { return nil }
            self = .network(host: String(host), port: port)
        }
    }

    /// The address as it is written.
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .network(let host, let port) where host.utf8.contains(0x3A): "[\(host)]:\(port)"
        case .network(let host, let port): "\(host):\(port)"
        }
    }

    private static func port(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39) ~= $0 }),
            text == "0" || !text.hasPrefix("0"), let port = Int(text), port <= 65_535
        else { return nil }
        return port
    }

    /// Returns whether it is an IPv6 address, perhaps with a zone: `fe80::1%eth0`.
    private static func isVersion6(_ text: String) -> Bool {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(isNameByte) else { return false }
        }
        var bytes = in6_addr()
        return parts.first.map { unsafe inet_pton(AF_INET6, String($0), &bytes) == 1 } ?? false
    }

    /// Returns whether it is an IPv4 address or could be the name of a host.
    private static func isHost(_ host: Substring) -> Bool {
        if let first = host.utf8.first, (0x30...0x39) ~= first,
            host.utf8.allSatisfy({ (0x30...0x39) ~= $0 || $0 == 0x2E })
        {
            var bytes = in_addr()
            return unsafe inet_pton(AF_INET, String(host), &bytes) == 1
        }
        let name = host.hasSuffix(".") ? host.dropLast() : host
        guard (1...253).contains(name.utf8.count) else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isNameByte)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E: true
        default: false
        }
    }
}

extension Address: OptionValue {
    /// In words, with examples.
    public static var expectation: String {
        "an address like \"0.0.0.0:2000\" or \"unix:/run/puente.sock\""
    }
    /// In words, with an example.
    public static var pluralExpectation: String { "addresses like \"0.0.0.0:2000\"" }

    /// A host and a port up to 65535, or `unix:` and a path.
    public static var schema: OptionSchema {
        let port = """
            (0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|\
            6553[0-5])
            """
        return .pattern("^(unix:[\\s\\S]+|(\\[[^\\]]+\\]|[A-Za-z0-9._-]+):\(port))$")
    }

    /// Suggests an address for a port alone, a host alone, an IPv6 address without brackets, a URL,
    /// the path of a socket.
    public static func hint(for value: ConfigValue) -> String? {
        switch value.kind {
        case .number(let port): return Address("0.0.0.0:\(port)").map(Self.meant)
        case .object:
            guard let host = value.member("host")?.value.text,
                case .number(let port)? = value.member("port")?.value.kind
            else { return nil }
            return Address("\(host):\(port)").map(meant)
        case .array: return "one bridge listens on one address: make a bridge of each"
        case .string(let text): return hint(for: text)
        default: return nil
        }
    }

    private static func hint(for text: String) -> String? {
        guard text.utf8.count <= 200 else {
            return text.hasPrefix("unix:") ? tooLong : nil
        }
        if text.hasPrefix("unix:") { return text.utf8.count > 100 ? tooLong : nil }
        if text.hasPrefix("/") || text.hasPrefix("./") { return Address("unix:\(text)").map(meant) }
        if let scheme = text.firstRange(of: "://") {
            let rest = text[scheme.upperBound...].prefix { $0 != "/" }
            return Address(String(rest)).map(meant)
        }
        let parts = text.split { $0.isWhitespace || $0 == ";" || $0 == "," }
        if parts.count == 2, let address = Address("\(parts[0]):\(parts[1])") {
            return meant(address)
        }
        let bare = text.filter { !$0.isWhitespace }.prefix { $0 != "/" }
        let port = bare.hasPrefix("*") ? bare.dropFirst() : bare[...]
        for candidate in ["\(bare)", "0.0.0.0:\(bare)", "0.0.0.0\(port)"] {
            if let address = Address(candidate) { return meant(address) }
        }
        if bare.contains("::"), !bare.hasPrefix("[") {
            let parts = bare.split(separator: ":", omittingEmptySubsequences: false)
            let host = parts.dropLast().joined(separator: ":")
            return (Address("[\(host)]:\(parts.last ?? "")") ?? Address("[\(bare)]:2000")).map(
                meant)
        }
        if let end = bare.lastIndex(of: ":"), let port = Int(bare[bare.index(after: end)...]) {
            return port > 65_535 ? "a port is at most 65535" : nil
        }
        return Address("\(bare):2000") == nil ? nil : "the port is missing, as in \"\(bare):2000\""
    }

    private static let tooLong = "the path of a socket has at most \(maxPathBytes) bytes"

    private static func meant(_ address: Address) -> String {
        "did you mean \(address.rendered)?"
    }

    /// Decodes a host and a port, or `unix:` and a path.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Address? {
        if let address = value.text.flatMap(Address.init) { return address }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    public var rendered: String { description.quoted }
}
