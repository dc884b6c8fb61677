/// The reader of a PROXY header of either version, in whatever pieces it comes.
///
/// Owned by the arrival of one connection; confined to the loop. It never takes a byte after the
/// header. It is strict: a proxy follows the specification, and anything else is an attempt to
/// deceive.
struct ProxyHeaderParser {
    /// The state after a piece.
    enum Result {
        case needsMore
        case header(ProxyHeader)
        /// It is not a header; the reason is for the log.
        case invalid(String)
    }

    /// The first bytes of version 2 (2.2).
    static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    /// The first bytes of version 1 (2.1).
    private static let word = Array("PROXY ".utf8)
    /// The most bytes of a header of version 1, its ending included (2.1).
    static let maxVersion1 = 107
    /// Bytes in front of the address in version 2.
    private static let fixedBytes = 16
    /// The most bytes after those: an address, and the parts that proxies add to it.
    ///
    /// The specification allows 64 KiB; the names in a client's certificate take a few hundred
    /// bytes.
    static let maxVersion2 = 4_096

    private var bytes: [UInt8] = []

    /// Reads the bytes of the header from the beginning of a piece, and returns their number and
    /// the result.
    @safe mutating func feed(_ piece: UnsafeRawBufferPointer) -> (consumed: Int, result: Result) {
        var consumed = 0
        while consumed < piece.count {
            let count = min(missing, piece.count - consumed)
            unsafe bytes.append(contentsOf: piece[consumed..<(consumed + count)])
            consumed += count
            let result = result
            if case .needsMore = result { continue }
            return (consumed, result)
        }
        return (consumed, .needsMore)
    }

    /// Bytes that belong to the header in any case.
    private var missing: Int {
        guard isVersion2, bytes.count >= Self.signature.count else { return 1 }
        return (bytes.count < Self.fixedBytes ? Self.fixedBytes : total) - bytes.count
    }

    private var isVersion2: Bool { bytes.first == Self.signature[0] }

    /// Bytes of a header of version 2, of which the fixed ones are there.
    private var total: Int { Self.fixedBytes + Int(bytes[14]) << 8 + Int(bytes[15]) }

    private var result: Result {
        if isVersion2 {
            guard bytes.starts(with: Self.signature.prefix(bytes.count)) else { return .noHeader }
            guard bytes.count >= Self.fixedBytes else { return .needsMore }
            if total - Self.fixedBytes > Self.maxVersion2 {
                return .invalid("its PROXY header is longer than \(Self.maxVersion2) bytes")
            }
            return bytes.count == total ? ProxyHeaderVersion2(bytes).result : .needsMore
        }
        guard bytes.starts(with: Self.word.prefix(bytes.count)) else { return .noHeader }
        if bytes.last == 0x0A { return ProxyHeaderVersion1(bytes).result }
        return bytes.count < Self.maxVersion1
            ? .needsMore : .invalid("its PROXY header is longer than \(Self.maxVersion1) bytes")
    }
}

extension ProxyHeaderParser.Result {
    /// The result for bytes that begin otherwise.
    fileprivate static let noHeader = Self.invalid("it does not begin with a PROXY header")
}
