import MessageBus

/// The lines and columns of offsets in a text, cheapest when asked from front to back.
struct TextPositions {
    private let bytes: [UInt8]
    private let start: Int
    private var offset: Int
    private var position = TextPosition(line: 1, column: 1)

    /// Counts from a byte of UTF-8 on, which is the first column of the first line.
    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        self.start = start
        offset = start
    }

    /// Returns the position of the character that begins at an offset.
    mutating func position(of target: Int) -> TextPosition {
        if target < offset {
            offset = start
            position = TextPosition(line: 1, column: 1)
        }
        var segment = offset
        for index in offset..<target where bytes[index] == UInt8(ascii: "\n") {
            position = TextPosition(line: position.line + 1, column: 1)
            segment = index + 1
        }
        // No character extends over these offsets: they hold ASCII.
        position.column += characters(in: bytes[segment..<target])
        offset = target
        return position
    }

    private func characters(in segment: ArraySlice<UInt8>) -> Int {
        if segment.allSatisfy({ $0 < 0x80 }) { return segment.count }
        return String(decoding: segment, as: UTF8.self).count
    }
}
