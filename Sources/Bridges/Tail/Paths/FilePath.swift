import Chat
import Glibc

/// A path as the kernel has it: bytes, which need not be UTF-8.
struct FilePath: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The bytes and a NUL behind them.
    private let terminated: [UInt8]

    init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    init(bytes: some Sequence<UInt8>) { terminated = Array(bytes) + [0] }

    /// The bytes, without the NUL.
    var bytes: ArraySlice<UInt8> { terminated.dropLast() }

    /// The path as people read it: bytes that are not UTF-8 are written `\xE9`, so that paths stay
    /// distinct.
    var description: String { Self.text(bytes) }

    /// Bytes of a path as text.
    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let lengths = 1...min(4, bytes.endIndex - index)
            let character = lengths.lazy.compactMap { length in
                String(validating: bytes[index..<(index + length)], as: UTF8.self)
                    .map { ($0, length) }
            }.first
            if let (character, length) = character {
                text += character
                index += length
            } else {
                let digits = String(bytes[index], radix: 16, uppercase: true)
                text += "\\x" + (digits.count == 1 ? "0" : "") + digits
                index += 1
            }
        }
        return text
    }

    /// The part after the last slash.
    var name: ArraySlice<UInt8> {
        guard let slash = bytes.lastIndex(of: Self.slash) else { return bytes }
        return bytes[(slash + 1)...]
    }

    /// The part before the last slash; `.` if there is none.
    var directory: FilePath {
        guard let slash = bytes.lastIndex(of: Self.slash) else { return FilePath(".") }
        return slash == 0 ? FilePath("/") : FilePath(bytes: bytes[..<slash])
    }

    /// The directory in which relative paths begin.
    static let here = FilePath(".")

    /// Returns the path of a name in this directory, as patterns write it: without a `./` in front.
    func entry(_ name: some Sequence<UInt8>) -> FilePath {
        self == Self.here ? FilePath(bytes: name) : appending(name)
    }

    /// The directory that contains the path, the directory of that one, and so on up to the
    /// topmost.
    var ancestors: some Sequence<FilePath> {
        sequence(first: directory) { path in
            let parent = path.directory
            return parent == path ? nil : parent
        }
    }

    /// The path with symbolic links resolved; `nil` if it leads nowhere.
    var resolved: FilePath? {
        unsafe withCString { path in
            guard let real = unsafe realpath(path, nil) else { return nil }
            defer { unsafe free(real) }
            return unsafe FilePath(bytes: UnsafeRawBufferPointer(start: real, count: strlen(real)))
        }
    }

    /// A name in this directory.
    func appending(_ name: some Sequence<UInt8>) -> FilePath {
        let separator = bytes.last == Self.slash ? [] : [Self.slash]
        return FilePath(bytes: bytes + separator + name)
    }

    /// Returns true if this path is another one or lies below it.
    func isWithin(_ other: FilePath) -> Bool {
        self == other || bytes.starts(with: other.appending([]).bytes)
    }

    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        unsafe terminated.withUnsafeBytes { bytes in
            // There is at least the NUL, so that the base address exists.
            let start = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return unsafe start.map(body) ?? "".withCString(body)
        }
    }

    static func < (left: FilePath, right: FilePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    private static let slash = UInt8(ascii: "/")
}
