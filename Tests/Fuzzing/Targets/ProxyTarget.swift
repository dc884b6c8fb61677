@testable import Sockets

extension FuzzTarget {
    /// PROXY headers of both versions.
    static let proxy = FuzzTarget("proxy") { input in
        let input = CutInput(input)
        let whole = ProxyReading([input.bytes])
        try require(
            ProxyReading(input.pieces) == whole && ProxyReading(input.bytes.map { [$0] }) == whole,
            "a header is read the same however it is cut")
        let begins = input.bytes.withUnsafeBytes { ProxyHeaderSignature.begins($0) }
        try require(begins || whole.address == nil, "what has an address begins as a header does")
        guard let address = whole.address else { return }
        try require(
            address.ipBytes.map { [4, 16].contains($0.count) } == true, "an address is one of IP")
        try Output.check(line: "\(address)")
    }
}

/// The result of reading a header in pieces.
private struct ProxyReading: Equatable {
    private(set) var address: SocketAddress?
    private var isSecure: Bool?
    private var isHeader = false
    private var refusal: String?
    /// Bytes that belong to the header.
    private var consumed = 0

    init(_ pieces: [[UInt8]]) {
        var parser = ProxyHeaderParser()
        for piece in pieces {
            let (count, result) = piece.withUnsafeBytes { parser.feed($0) }
            consumed += count
            switch result {
            case .needsMore: continue
            case .invalid(let reason): refusal = reason
            case .header(let header):
                isHeader = true
                (address, isSecure) = (header.address, header.isSecure)
            }
            return
        }
    }

    static func == (one: ProxyReading, other: ProxyReading) -> Bool {
        one.address.map { "\($0)" } == other.address.map { "\($0)" }
            && one.isSecure == other.isSecure && one.isHeader == other.isHeader
            && one.refusal == other.refusal && one.consumed == other.consumed
    }
}
