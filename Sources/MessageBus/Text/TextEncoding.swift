/// The result of examining bytes that claim to be UTF-8.
package enum TextEncoding: Sendable, Equatable {
    /// UTF-8 from the first byte to the last.
    case valid
    /// UTF-8 but for a last character of which only these first bytes, 1 to 3, have come.
    case cutOff(bytes: Int)
    /// Not UTF-8; the bytes before this offset are.
    case invalid(at: Int)

    /// Examines all bytes.
    ///
    /// Overlong forms, surrogates and values above U+10FFFF are not UTF-8. Plain ASCII costs no
    /// more than `TextScan`, other text about a nanosecond per byte.
    @safe package init(_ bytes: UnsafeRawBufferPointer) {
        self = unsafe TextScan.isPrintableASCII(bytes) ? .valid : Self.checked(bytes)
    }

    private static func checked(_ bytes: UnsafeRawBufferPointer) -> TextEncoding {
        do throws(Unicode.UTF8.ValidationError) {
            _ = try unsafe UTF8Span(validating: bytes.assumingMemoryBound(to: UInt8.self).span)
            return .valid
        } catch {
            // "Truncated" says only that a character has too few bytes, wherever it stands.
            let isAtTheEnd = error.byteOffsets.upperBound == bytes.count
            if error.kind == .truncatedScalar, isAtTheEnd {
                return .cutOff(bytes: error.byteOffsets.count)
            }
            return .invalid(at: error.byteOffsets.lowerBound)
        }
    }

    /// Returns the bytes behind a byte order mark, U+FEFF, which some programs write in front of a
    /// text.
    package static func withoutByteOrderMark(
        _ bytes: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        var bytes = unsafe bytes
        while bytes.count > 2, unsafe bytes[0] == 0xEF, unsafe bytes[1] == 0xBB,
            unsafe bytes[2] == 0xBF
        {
            unsafe bytes = UnsafeRawBufferPointer(rebasing: bytes[3...])
        }
        return unsafe bytes
    }

    /// Returns the bytes as UTF-8: each piece that is not, 1 to 3 bytes long, becomes one U+FFFD.
    ///
    /// The result may be up to three times as long. For texts whose sender can't be told that they
    /// were wrong: log files, plug-ins.
    @safe package static func repaired(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 8)
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            do throws(Unicode.UTF8.ValidationError) {
                _ = try unsafe UTF8Span(validating: rest.assumingMemoryBound(to: UInt8.self).span)
                unsafe result.append(contentsOf: rest)
                break
            } catch {
                unsafe result.append(contentsOf: rest[..<error.byteOffsets.lowerBound])
                result.append(contentsOf: [0xEF, 0xBF, 0xBD])
                unsafe rest = UnsafeRawBufferPointer(
                    rebasing: rest[error.byteOffsets.upperBound...])
            }
        }
        return result
    }
}
