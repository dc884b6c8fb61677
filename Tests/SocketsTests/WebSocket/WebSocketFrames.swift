@testable import Sockets

/// Frames as a client sends them, and what a reader makes of bytes, in words.
enum WebSocketFrames {
    /// Returns a frame, masked unless told otherwise.
    static func frame(
        _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, isMasked: Bool = true,
        key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
    ) -> [UInt8] {
        let mask: UInt8 = isMasked ? 0x80 : 0
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        switch payload.count {
        case ..<126: bytes.append(mask | UInt8(payload.count))
        case ...0xFFFF: bytes += [mask | 126] + length(payload.count, 2)
        default: bytes += [mask | 127] + length(payload.count, 8)
        }
        if !isMasked { return bytes + payload }
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    static func text(_ text: String, isFinal: Bool = true) -> [UInt8] {
        frame(1, Array(text.utf8), isFinal: isFinal)
    }

    static func length(_ count: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
    }

    /// Reads bytes that come in pieces; the last word says how it ended, if it did.
    static func read(
        _ bytes: [UInt8], cutAt cuts: [Int] = [], takesBinary: Bool = false
    ) -> [String] {
        var reader = WebSocketReader(takesBinary: takesBinary)
        var words: [String] = []
        var start = 0
        for cut in cuts + [bytes.count] {
            bytes[start..<cut].withUnsafeBytes { piece in
                var input = piece
                do throws(WebSocketViolation) {
                    while let event = try reader.next(&input) { words.append(word(event)) }
                } catch {
                    let word = "failed \(error.code.number)"
                    if words.last != word { words.append(word) }
                }
            }
            start = cut
        }
        return words
    }

    private static func word(_ event: WebSocketReader.Event) -> String {
        switch event {
        case .text(let text) where text.count > 200: "text \(text.count)"
        case .text(let text): "text \(String(decoding: text, as: UTF8.self))"
        case .binary(let bytes): "binary \(bytes.count)"
        case .ping(let payload): "ping \(String(decoding: payload, as: UTF8.self))"
        case .pong(let payload): "pong \(String(decoding: payload, as: UTF8.self))"
        case .close(let code): "close \(code?.number ?? 0)"
        }
    }

    /// Reads bytes whole, byte by byte, and split at each index; returns each result that differs
    /// from the first.
    static func every(_ bytes: [UInt8]) -> ([String], others: [String]) {
        let whole = read(bytes)
        var others: [String] = []
        let single = read(bytes, cutAt: Array(bytes.indices.dropFirst()))
        if single != whole { others.append("byte by byte: \(single)") }
        for cut in bytes.indices where bytes.count < 1_000 {
            let split = read(bytes, cutAt: [cut])
            if split != whole { others.append("cut at \(cut): \(split)") }
        }
        return (whole, others)
    }
}
