import Glibc

/// A splitter of a stream of bytes into lines: LF ends a line, a CR in front of it is dropped.
///
/// Confined to its owner. Lines point into the bytes given; only a line that began in an earlier
/// call is assembled in a buffer, which never holds more than `longest` + 2 bytes.
public struct LineSplitter: Sendable {
    /// A result of splitting.
    ///
    /// Valid until the function that is called with it returns.
    @safe public enum Piece {
        /// A line without its ending; `isPlain` if it is known to be printable ASCII only.
        case line(UnsafeRawBufferPointer, isPlain: Bool)
        /// The beginning of a line that is longer than allowed; the rest is skipped up to its end.
        case tooLong(UnsafeRawBufferPointer)
    }

    /// Longest line in bytes, without the ending.
    public package(set) var longest: Int
    private var pending: [UInt8] = []
    private var isSkipping = false

    /// Makes a splitter.
    public init(longest: Int) { self.longest = longest }

    /// True if bytes wait for the rest of their line.
    public var hasPending: Bool { !pending.isEmpty }
    /// Calls a function with the bytes that wait for the rest of their line.
    @safe public func withPending<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe pending.withUnsafeBytes { unsafe body($0) }
    }
    /// True while the rest of a line that is too long is skipped.
    public var isInTooLongLine: Bool { isSkipping }

    /// Calls a function for each line that ends in the bytes.
    @inline(__always)
    @safe public mutating func split(_ bytes: UnsafeRawBufferPointer, _ body: (Piece) -> Void) {
        guard var at = bytes.baseAddress else { return }
        let end = unsafe at + bytes.count
        while unsafe at < end {
            let special = unsafe PrintableASCII.end(from: at, to: end)
            guard let ending = unsafe ending(from: special, to: end) else { break }
            if isSkipping || !pending.isEmpty {
                unsafe finish(with: UnsafeRawBufferPointer(start: at, count: ending - at), body)
            } else {
                unsafe emit(at, ending, isPlain: ending - special <= 1, body)
            }
            unsafe at = ending + 1
        }
        if unsafe at < end { unsafe hold(UnsafeRawBufferPointer(start: at, count: end - at), body) }
    }

    /// Returns the address of the LF.
    ///
    /// A byte that is not plain may come before it: a CR.
    @inline(__always)
    private func ending(
        from special: UnsafeRawPointer, to end: UnsafeRawPointer
    ) -> UnsafeRawPointer? {
        if unsafe special == end { return nil }
        if unsafe special.load(as: UInt8.self) == 10 { return unsafe special }
        return unsafe memchr(special, 10, end - special).map { UnsafeRawPointer($0) }
    }

    /// Ends the waiting line, as at the end of a stream or after a silence; keeps as many bytes of
    /// its end as the function returns.
    @safe public mutating func flush(
        leaving: (UnsafeRawBufferPointer) -> Int = { _ in 0 }, _ body: (Piece) -> Void
    ) {
        isSkipping = false
        guard !pending.isEmpty else { return }
        let line = pending
        pending = []
        unsafe line.withUnsafeBytes { bytes in
            let count = unsafe bytes.count - leaving(bytes)
            unsafe pending.append(contentsOf: bytes[count...])
            guard count > 0, let start = bytes.baseAddress else { return }
            unsafe emit(start, start + count, isPlain: false, body)
        }
    }

    @inline(__always)
    private func emit(
        _ start: UnsafeRawPointer, _ ending: UnsafeRawPointer, isPlain: Bool,
        _ body: (Piece) -> Void
    ) {
        var count = unsafe ending - start
        var isPlain = isPlain
        if count > 0, unsafe start.load(fromByteOffset: count - 1, as: UInt8.self) == 13 {
            count -= 1
        } else if isPlain, count > 0 {
            // The one special byte allowed in front of the LF was not a CR.
            isPlain = unsafe start.load(fromByteOffset: count - 1, as: UInt8.self) &- 0x20 < 0x5F
        }
        if count > longest {
            unsafe body(.tooLong(UnsafeRawBufferPointer(start: start, count: min(count, shown))))
        } else {
            unsafe body(.line(UnsafeRawBufferPointer(start: start, count: count), isPlain: isPlain))
        }
    }

    @safe private mutating func finish(with rest: UnsafeRawBufferPointer, _ body: (Piece) -> Void) {
        if isSkipping {
            isSkipping = false
            return
        }
        if pending.count + rest.count > longest + 1 { return refuse(rest, body) }
        unsafe pending.append(contentsOf: rest)
        let line = pending
        pending = []
        unsafe line.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress {
                unsafe emit(start, start + bytes.count, isPlain: false, body)
            }
        }
    }

    /// Reports a line that is too long, with the beginning that is shown.
    @safe private mutating func refuse(_ rest: UnsafeRawBufferPointer, _ body: (Piece) -> Void) {
        var beginning = pending
        pending = []
        unsafe beginning.append(contentsOf: rest.prefix(max(0, shown - beginning.count)))
        unsafe beginning.withUnsafeBytes {
            unsafe body(.tooLong($0.beginning(atMost: shown)))
        }
    }

    /// The number of bytes shown of a line that is too long, the same wherever the stream was cut
    /// into reads.
    private var shown: Int { min(longest, Self.maxShown) }
    private static let maxShown = 256

    @safe private mutating func hold(_ rest: UnsafeRawBufferPointer, _ body: (Piece) -> Void) {
        guard !isSkipping else { return }
        // One byte more than a line may have: it could be the CR of its ending.
        let isCR = rest.byte(at: rest.count - 1) == 13
        if pending.count + rest.count > longest + (isCR ? 1 : 0) {
            isSkipping = true
            refuse(rest, body)
        } else {
            unsafe pending.append(contentsOf: rest)
        }
    }
}
