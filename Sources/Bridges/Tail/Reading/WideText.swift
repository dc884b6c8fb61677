import Chat
import Glibc

/// UTF-16 text converted to UTF-8, with the offsets of its lines in both.
struct WideText {
    /// The text in UTF-8.
    private(set) var bytes: [UInt8] = []
    /// The starts of lines, in UTF-8 and in the file's bytes.
    private var starts: [(utf8: Int, raw: Int)] = [(0, 0)]
    private var rawEnd = 0

    init(_ raw: UnsafeRawBufferPointer, _ encoding: FileFormat.Encoding) {
        bytes.reserveCapacity(raw.count)
        let isLittle = encoding == .utf16LittleEndian
        var decoder = UTF16()
        var place = 0
        var units = AnyIterator<UInt16> {
            guard place + 1 < raw.count else { return nil }
            defer { place += 2 }
            let (first, second) = unsafe (UInt16(raw[place]), UInt16(raw[place + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        while true {
            let begin = place
            switch decoder.decode(&units) {
            case .emptyInput:
                rawEnd = place
                return
            case .error:
                // Half a character at the end is left for the next time.
                if place + 1 >= raw.count, place - begin == 2 {
                    rawEnd = begin
                    return
                }
                bytes += [0xEF, 0xBF, 0xBD]
            case .scalarValue(let scalar):
                if scalar.value != 0 { bytes += Array(Character(scalar).utf8) }
                if scalar == "\n" { starts.append((bytes.count, place)) }
            }
        }
    }

    /// Returns the offset in the file's bytes of a UTF-8 index at which a line begins or the text
    /// ends.
    func rawPlace(of place: Int) -> Int {
        if place == bytes.count { return rawEnd }
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle].utf8 <= place { low = middle } else { high = middle - 1 }
        }
        return starts[low].raw
    }
}
