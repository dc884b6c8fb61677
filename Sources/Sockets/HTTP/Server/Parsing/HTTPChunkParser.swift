import Glibc

/// The parser of a body in chunks (RFC 9112, 7.1).
///
/// Extensions and trailers are checked and left out.
struct HTTPChunkParser {
    private enum Part {
        /// The line with a chunk's size.
        case size
        /// So many bytes of a chunk.
        case data(Int)
        /// The line ending behind a chunk.
        case dataEnd
        /// The lines behind the last chunk.
        case trailer
    }

    private var part = Part.size
    /// The present line so far, its ending included.
    private var line: [UInt8] = []
    /// Bytes of extensions and trailers so far.
    private var extraBytes = 0
    /// Bytes of data that may still come.
    private var room: Int

    /// The most bytes of a line with a size, and of all extensions and trailers together: nobody
    /// has use for more, and many small ones are an attack.
    private static let maxLine = 256
    private static let maxExtraBytes = 8 << 10
    /// Digits of a size at most: more than any limit allows.
    private static let maxDigits = 8

    /// Makes a parser at the beginning of a body.
    ///
    /// - Parameter limit: the most bytes of data.
    init(limit: Int) { room = limit }

    /// Reads from the front of bytes; returns the next piece of data, an empty one at the end of
    /// the body, and `nil` when more bytes are needed.
    @safe mutating func read(
        _ input: inout UnsafeRawBufferPointer
    ) throws(HTTPRefusal) -> UnsafeRawBufferPointer? {
        while input.count > 0 {
            if case .data(let left) = part {
                let count = min(left, input.count)
                let piece = input.part(..<count)
                input.removeBeginning(count)
                part = count == left ? .dataEnd : .data(left - count)
                return unsafe piece
            }
            guard try readLine(&input) else { return nil }
            if try endLine() { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        }
        return nil
    }

    /// Appends to the line; returns whether it is complete.
    @safe private mutating func readLine(
        _ input: inout UnsafeRawBufferPointer
    ) throws(HTTPRefusal) -> Bool {
        while let byte = input.byte(at: 0) {
            // Before it is appended, so that it does not matter how much came at once.
            if let refusal = refusal(of: byte) { throw refusal }
            line.append(byte)
            input.removeBeginning(1)
            if byte == 10 { return true }
        }
        return false
    }

    private func refusal(of byte: UInt8) -> HTTPRefusal? {
        switch part {
        case .dataEnd where byte != (line.isEmpty ? 13 : 10):
            .malformed("a chunk is longer than its size says")
        case .size where line.count >= Self.maxLine, .size where line.isEmpty && byte == 13:
            .malformed("a chunk has no size, or too long an extension")
        case .trailer where extraBytes + line.count >= Self.maxExtraBytes:
            HTTPRefusal(.headerTooLarge, "the trailer is too long")
        default: (line.last == 13) != (byte == 10) ? Self.wrongEnding : nil
        }
    }

    private static let wrongEnding = HTTPRefusal.malformed(
        "a line of a chunk does not end in CR LF")

    /// Reads the line that is complete; returns whether the body ends with it.
    private mutating func endLine() throws(HTTPRefusal) -> Bool {
        defer { line.removeAll(keepingCapacity: true) }
        let text = 0..<(line.count - 2)
        switch part {
        case .size:
            let size = try readSize(line[text])
            guard size <= room else {
                throw HTTPRefusal(.contentTooLarge, "the body is longer than allowed here")
            }
            room -= size
            part = size == 0 ? .trailer : .data(size)
        case .trailer:
            if text.isEmpty { return true }
            extraBytes += line.count
            _ = try HTTPHeadParser.field(in: &line, text)
        case .dataEnd, .data: part = .size
        }
        return false
    }

    private mutating func readSize(_ text: ArraySlice<UInt8>) throws(HTTPRefusal) -> Int {
        var (size, digits) = (0, 0)
        for byte in text {
            guard let digit = HTTPCharacters.hexadecimal(byte) else { break }
            (size, digits) = (min(size, 1 << 40) << 4 | Int(digit), digits + 1)
        }
        let extra = text.dropFirst(digits)
        guard digits > 0, digits <= Self.maxDigits || size <= room,
            extra.isEmpty || extra.first == 0x3B,
            extra.allSatisfy(HTTPCharacters.isFieldValue)
        else { throw .malformed("the size of a chunk is not a hexadecimal number") }
        extraBytes += extra.count
        guard extraBytes <= Self.maxExtraBytes else {
            throw .malformed("the extensions of chunks are too long")
        }
        return size
    }
}
