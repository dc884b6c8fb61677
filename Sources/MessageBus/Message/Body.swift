import Glibc

/// The text of a message as bytes: UTF-8 without control characters, its lines separated by LF.
///
/// Reading a body allocates nothing. It shares the memory of the messages around it, so a body that
/// is kept for long should be kept as a `String`.
public struct Body: Sendable {
    @usableFromInline package var storage: ByteStorage
    @usableFromInline package var offset: Int
    @usableFromInline package var length: Int

    package init(storage: ByteStorage, offset: Int, count: Int) {
        self.storage = storage
        self.offset = offset
        length = count
    }

    /// Length in bytes.
    @inlinable public var count: Int { length }

    /// Makes a body that holds a text in memory of its own.
    ///
    /// Allocates.
    public init(_ text: String) {
        var text = text
        self = text.withUTF8 { Body(copying: UnsafeRawBufferPointer($0)) }
    }

    @safe package init(copying bytes: UnsafeRawBufferPointer) {
        let storage = ByteStorage(capacity: bytes.count)
        let offset = storage.append(bytes)
        self.init(storage: storage, offset: offset, count: bytes.count)
    }

    /// True if there are no bytes.
    public var isEmpty: Bool { count == 0 }

    /// Calls a function with the bytes, which must not be used after it returns.
    @inlinable
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(unsafeBytes)
    }

    /// The bytes, valid only while this body is.
    @inlinable package var unsafeBytes: UnsafeRawBufferPointer {
        unsafe storage.bytes(at: offset, count: count)
    }

    /// Returns whether the word occurs, byte for byte.
    ///
    /// Case matters.
    public func contains(_ word: String) -> Bool {
        var word = word
        return word.withUTF8 { word in
            unsafe Self.find(UnsafeRawBufferPointer(word), in: unsafeBytes)
        }
    }

    /// Returns whether the body begins with these bytes.
    ///
    /// Case matters.
    public func hasPrefix(_ prefix: String) -> Bool {
        unsafe prefix.utf8.count <= count && zip(unsafeBytes, prefix.utf8).allSatisfy { $0 == $1 }
    }

    private static func find(
        _ word: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer
    ) -> Bool {
        guard let first = unsafe word.first, let needle = word.baseAddress else { return true }
        guard let start = text.baseAddress, text.count >= word.count else { return false }
        let end = unsafe start + (text.count - word.count + 1)
        var at = unsafe start
        while let hit = unsafe memchr(at, Int32(first), end - at) {
            if unsafe memcmp(hit, needle, word.count) == 0 { return true }
            unsafe at = UnsafeRawPointer(hit) + 1
            if unsafe at >= end { return false }
        }
        return false
    }
}

extension Body: Equatable {
    /// Returns whether both hold the same bytes.
    public static func == (left: Body, right: Body) -> Bool {
        unsafe left.unsafeBytes.elementsEqual(right.unsafeBytes)
    }
}
