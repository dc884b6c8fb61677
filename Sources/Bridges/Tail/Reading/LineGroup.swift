/// Lines that belong together, as far as they have been seen.
struct LineGroup {
    private(set) var start = 0
    private(set) var isEmpty = true
    private var text: [UInt8] = []
    private var omitted = 0

    func hasCapacity(for line: MessageSplitter.Piece, atMost longest: Int) -> Bool {
        unsafe omitted == 0 && text.count + 1 + line.text.count + line.omitted <= longest
    }

    mutating func append(_ line: MessageSplitter.Piece) {
        if isEmpty {
            start = line.start
            isEmpty = false
        } else {
            text.append(0x0A)
        }
        unsafe text.append(contentsOf: line.text)
        omitted = line.omitted
    }

    /// Hands the message over and begins anew; returns false, and changes nothing, if it is not
    /// accepted.
    mutating func flush(to body: (MessageSplitter.Piece) -> Bool) -> Bool {
        let count = text.lastIndex { $0 != 0x0A }.map { $0 + 1 } ?? 0
        let isTaken = unsafe text.withUnsafeBytes { bytes in
            unsafe count == 0
                || body(
                    MessageSplitter.Piece(
                        text: UnsafeRawBufferPointer(rebasing: bytes[..<count]), start: start,
                        omitted: omitted))
        }
        guard isTaken else { return false }
        text.removeAll(keepingCapacity: true)
        isEmpty = true
        omitted = 0
        return true
    }
}
