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
    /// What was put right about its rights.
    let remarks: [String]

    private static let process = "process"
    private static let numbers = "numbers given below"
    /// Digits of a `UInt64`.
    private static let digits = 20

    /// Locks the store at a path for this process.
    ///
    /// - Throws: `StoreError` if another process has it, with that one's id.
    init(_ path: String) throws(StoreError) {
        var remarks: [String] = []
        let place = try OwnerOnly(path)
        descriptor = try place.openCompanion(".lock", remarks: &remarks)
        self.remarks = remarks
        let file = place.path + ".lock"
        let text = Self.read(descriptor)
        guard Self.isOurs(text) else {
            close(descriptor)
            throw StoreError(
                path, "\(file) holds something else than a lock: move it away, nothing was changed")
        }
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

    /// Whether it is what we write, or nothing: after a power cut, bytes of zero.
    private static func isOurs(_ text: String) -> Bool {
        text.hasPrefix("\(process) ") || text.utf8.allSatisfy { $0 == 0 }
    }

    private static func value(of key: String, in text: String) -> UInt64? {
        text.split(separator: "\n").first { $0.hasPrefix("\(key) ") }
            .flatMap { $0.split(separator: " ").last }.flatMap { UInt64($0) }
    }
}
