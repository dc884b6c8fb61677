import Chat

/// Alternatives in a pattern: `{a,b}` stands for `a` and for `b`, as in a shell.
enum PathAlternatives {
    /// The most patterns that one text may stand for.
    static let bound = 1_000

    /// All patterns without braces that a text stands for; `nil` if there are too many.
    static func expand(_ text: String) -> [String]? {
        var done: [[UInt8]] = []
        var open = [Array(text.utf8)]
        while let bytes = open.popLast() {
            guard let (range, parts) = firstBraces(bytes) else {
                done.append(bytes)
                continue
            }
            for part in parts.reversed() {
                open.append(Array(bytes[..<range.lowerBound] + part + bytes[range.upperBound...]))
            }
            if open.count + done.count > bound { return nil }
        }
        return done.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first braces that contain a comma, and the alternatives between the commas.
    private static func firstBraces(_ bytes: [UInt8]) -> (Range<Int>, [ArraySlice<UInt8>])? {
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if bytes[index] == UInt8(ascii: "{"), let found = braces(bytes, at: index) {
                return found
            }
            index += 1
        }
        return nil
    }

    private static func braces(
        _ bytes: [UInt8], at start: Int
    ) -> (Range<Int>, [ArraySlice<UInt8>])? {
        var depth = 0
        var parts: [ArraySlice<UInt8>] = []
        var begin = start + 1
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}") where depth > 0: depth -= 1
            case UInt8(ascii: "}"):
                if parts.isEmpty { return nil }
                return (start..<(index + 1), parts + [bytes[begin..<index]])
            case UInt8(ascii: ",") where depth == 0:
                parts.append(bytes[begin..<index])
                begin = index + 1
            default: break
            }
            index += 1
        }
        return nil
    }
}
