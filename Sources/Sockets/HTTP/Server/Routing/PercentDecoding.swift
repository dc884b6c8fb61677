/// The strict decoding of `%C3%A9` (RFC 3986, 2.1).
enum PercentDecoding {
    /// Decodes bytes to text.
    ///
    /// - Parameter decodesPlus: whether `+` is a space, as in a query.
    /// - Throws: `HTTPRefusal` if a percent sign is followed by no two digits, or if the result is
    ///   not UTF-8 or contains a NUL.
    @safe static func text(
        _ bytes: UnsafeRawBufferPointer, decodesPlus: Bool = false
    ) throws(HTTPRefusal) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            switch unsafe bytes[index] {
            case 0x25:
                guard index + 2 < bytes.count,
                    let high = unsafe HTTPCharacters.hexadecimal(bytes[index + 1]),
                    let low = unsafe HTTPCharacters.hexadecimal(bytes[index + 2])
                else { throw .malformed("a percent sign in the target begins no byte") }
                decoded.append(high << 4 | low)
                index += 3
            case 0x2B where decodesPlus:
                decoded.append(0x20)
                index += 1
            case let byte:
                decoded.append(byte)
                index += 1
            }
        }
        guard !decoded.contains(0), let text = String(validating: decoded, as: UTF8.self) else {
            throw .malformed("the target is not UTF-8, or contains a NUL")
        }
        return text
    }
}
