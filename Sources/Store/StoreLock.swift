import Glibc

/// The file beside the database that says which process keeps it open.
///
/// The database file itself is never locked or opened by us: closing any descriptor of that drops
/// SQLite's own locks. Two lines of fixed width, so that they can be written on a full disk: the
/// process, and the number below which all may have been given. Safe from any thread.
final class StoreLock: Sendable {
    private let descriptor: Int32
    /// The number below which all may have been given, as an earlier process wrote it.
    let reserved: UInt64

    private static let process = "process"
    private static let numbers = "numbers given below"
    /// Digits of a `UInt64`.
    private static let digits = 20

    /// Locks the store at a path for this process.
    ///
    /// - Throws: `StoreError` if another process has it, with that one's id.
    init(_ path: String) throws(StoreError) {
        let file = Self.resolved(path) + ".lock"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(path, "can't make \(file): \(StoreError.words(for: errno))")
        }
        let text = Self.read(descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw StoreError(path, "can't lock \(file): \(StoreError.words(for: reason))")
            }
            let holder = Self.value(of: Self.process, in: text).map { "process \($0)" }
            throw StoreError(
                path, "\(holder ?? "another process") keeps it open; one daemon at a time")
        }
        reserved = Self.value(of: Self.numbers, in: text) ?? 0
        // Preallocates the lines; if the disk is full, they stand there from the last time.
        _ = write(reserved)
    }

    deinit { close(descriptor) }

    /// The one path among all that lead to a file; for a file that is not there yet by its folder.
    private static func resolved(_ path: String) -> String {
        if let real = realpath(path, nil) {
            defer { free(real) }
            return String(cString: real)
        }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard let real = realpath(folder, nil) else { return path }
        defer { free(real) }
        let name = path[(slash.map(path.index(after:)) ?? path.startIndex)...]
        let place = String(cString: real)
        return place == "/" ? "/\(name)" : "\(place)/\(name)"
    }

    /// Writes down what the database has too, for a start at which that can't be read.
    ///
    /// Outlives the process, perhaps not a power cut: it costs no time.
    func note(below number: UInt64) { _ = write(number) }

    /// Writes down that all numbers below one may have been given; works on a full disk.
    ///
    /// Returns whether it is on the disk.
    func reserve(below number: UInt64) -> Bool {
        write(number) && fdatasync(descriptor) == 0
    }

    /// Lets another process have the store.
    ///
    /// The file stays: a process that waits for it would else lock one that has no name any more.
    func release() { _ = flock(descriptor, LOCK_UN) }

    private func write(_ number: UInt64) -> Bool {
        let text =
            "\(Self.process) \(Self.padded(UInt64(getpid())))\n"
            + "\(Self.numbers) \(Self.padded(number))\n"
        return pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count
    }

    private static func padded(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: " ", count: digits - text.utf8.count) + text
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private static func value(of key: String, in text: String) -> UInt64? {
        text.split(separator: "\n").first { $0.hasPrefix("\(key) ") }
            .flatMap { $0.split(separator: " ").last }.flatMap { UInt64($0) }
    }
}
