import Glibc

/// A PROXY header of version 1, one line of text (proxy-protocol.txt, 2.1):
/// `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`.
struct ProxyHeaderVersion1 {
    let result: ProxyHeaderParser.Result

    /// Reads a header that ends in LF.
    init(_ bytes: [UInt8]) {
        result = Self.header(bytes).map { .header($0) } ?? .invalid("its PROXY header is malformed")
    }

    private static func header(_ bytes: [UInt8]) -> ProxyHeader? {
        guard bytes.count >= 2, bytes[bytes.count - 2] == 0x0D else { return nil }
        let line = bytes.dropLast(2)
        // Nothing but printable ASCII: a zero would end the text of an address.
        let isPlain = line.allSatisfy { (0x20...0x7E).contains($0) }
        guard isPlain else { return nil }
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 2 else { return nil }
        // The rest of the line says nothing then.
        if words[1] == "UNKNOWN" { return ProxyHeader() }
        guard words.count == 6, let family = family(words[1]),
            let source = address(words[2], family), address(words[3], family) != nil,
            let port = Self.port(words[4]), Self.port(words[5]) != nil
        else { return nil }
        return ProxyHeader(address: SocketAddress.ip(source, port: port))
    }

    private static func family(_ word: String) -> Int32? {
        switch word {
        case "TCP4": AF_INET
        case "TCP6": AF_INET6
        default: nil
        }
    }

    private static func address(_ word: String, _ family: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard unsafe inet_pton(family, word, &bytes) == 1 else { return nil }
        return family == AF_INET ? Array(bytes.prefix(4)) : bytes
    }

    private static func port(_ word: String) -> UInt16? {
        guard let port = UInt16(word), String(port) == word else { return nil }
        return port
    }
}
