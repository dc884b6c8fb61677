import Glibc

// Looking at bytes that somebody lends for the time of a call, without leaving them.
extension UnsafeRawBufferPointer {
    /// Returns a part of the bytes, lent for as long as they are.
    ///
    /// - Parameter range: a range within the bytes; any other is a programming error, and traps.
    @inlinable
    @safe package func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a part lies within")
        return unsafe UnsafeRawBufferPointer(rebasing: self[range])
    }

    /// Returns the part from an offset on; one beyond the bytes is a programming error, and traps.
    @inlinable
    @safe package func part(_ range: PartialRangeFrom<Int>) -> UnsafeRawBufferPointer {
        part(range.lowerBound..<count)
    }

    /// Returns the part up to an offset; one beyond the bytes is a programming error, and traps.
    @inlinable
    @safe package func part(_ range: PartialRangeUpTo<Int>) -> UnsafeRawBufferPointer {
        part(0..<range.upperBound)
    }

    /// Returns the first bytes, lent for as long as all of them are.
    @inlinable
    @safe package func beginning(atMost most: Int) -> UnsafeRawBufferPointer {
        part(0..<Swift.min(most, count))
    }

    /// Returns the byte at an offset; `nil` outside.
    @inlinable
    @safe package func byte(at offset: Int) -> UInt8? {
        offset >= 0 && offset < count ? unsafe self[offset] : nil
    }

    /// The bytes as text; what is no UTF-8 is replaced.
    @safe package var text: String { unsafe String(decoding: self, as: UTF8.self) }

    /// Leaves the first bytes out.
    @inlinable
    @safe package mutating func removeBeginning(_ count: Int) { unsafe self = part(count...) }

    /// Returns the offset of a byte's first occurrence, from an offset on.
    @inlinable
    @safe package func offset(of byte: UInt8, from start: Int = 0) -> Int? {
        guard start >= 0, start < count, let base = baseAddress else { return nil }
        return unsafe memchr(base + start, Int32(byte), count - start).map {
            unsafe UnsafeRawPointer($0) - base
        }
    }

    /// Returns whether the bytes begin with the given ones.
    @inlinable
    @safe package func begins(with beginning: [UInt8]) -> Bool {
        guard count >= beginning.count, let base = baseAddress else { return false }
        return unsafe memcmp(base, beginning, beginning.count) == 0
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Returns the first bytes, which a call has written.
    @inlinable
    @safe package func part(_ range: PartialRangeUpTo<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(self).part(range)
    }
}

extension String {
    /// Copies what C lends; `nil` if it lends nothing.
    @unsafe package init?(lent text: UnsafePointer<CChar>?) {
        guard let text = unsafe text else { return nil }
        unsafe self.init(cString: text)
    }
}
