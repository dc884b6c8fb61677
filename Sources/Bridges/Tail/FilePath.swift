/// A path as the kernel has it: bytes, which need not be UTF-8.
struct FilePath: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The bytes and a NUL behind them.
    private let terminated: [UInt8]

    init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    init(bytes: some Sequence<UInt8>) { terminated = Array(bytes) + [0] }

    /// The bytes, without the NUL.
    var bytes: ArraySlice<UInt8> { terminated.dropLast() }

    /// For people: what is not UTF-8 becomes U+FFFD.
    var description: String { String(decoding: bytes, as: UTF8.self) }

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

    /// A name in this directory.
    func appending(_ name: some Sequence<UInt8>) -> FilePath {
        let separator = bytes.last == Self.slash ? [] : [Self.slash]
        return FilePath(bytes: bytes + separator + name)
    }

    /// Whether it is a path or lies below it.
    func isWithin(_ other: FilePath) -> Bool {
        self == other || bytes.starts(with: other.appending([]).bytes)
    }

    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        terminated.withUnsafeBytes { bytes in
            // There is at least the NUL, so that the base address exists.
            let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return start.map(body) ?? "".withCString(body)
        }
    }

    static func < (left: FilePath, right: FilePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    private static let slash = UInt8(ascii: "/")
}
