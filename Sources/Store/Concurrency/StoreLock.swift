import Glibc
import MessageBus

/// The lock file beside the database, which names the process that has the store open.
///
/// Safe from any thread. We never lock or open the database itself: closing any descriptor of it
/// drops SQLite's own locks. The file has two lines of fixed width, so that they can be rewritten
/// on a full disk: the process, and the number below which all may have been given.
final class StoreLock: Sendable {
    private let descriptor: Int32
    /// Number below which all may have been given, as an earlier process wrote it.
    let reserved: MessageNumber
    /// Sentences about permissions that were corrected.
    let remarks: [String]

    private static let process = "process"
    private static let numbers = "numbers given below"
    /// Digits of a `UInt64`.
    private static let digits = 20

    /// Locks the store at a path for this process.
    ///
    /// - Throws: `StoreError` if another process has the store open, with its id.
    init(_ path: String) throws(StoreError) {
        var remarks: [String] = []
        let database = try OwnerOnly(path)
        descriptor = try database.openCompanion(".lock", remarks: &remarks)
        self.remarks = remarks
        let file = database.path + ".lock"
        let text = Self.read(descriptor)
        guard Self.isOurs(text) else {
            close(descriptor)
            throw StoreError(
                path,
                "\(file) is not a lock file of puente, and was left as it is: move it away")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw StoreError(path, "can't lock \(file): \(StoreError.words(for: reason))")
            }
            let holder = Self.value(of: Self.process, in: text).map { "process \($0)" }
            throw StoreError(
                path,
                "\(holder ?? "another process") has it open; a store can have only one daemon")
        }
        reserved = MessageNumber(rawValue: Self.value(of: Self.numbers, in: text) ?? 0)
        // Allocates the lines; if the disk is full, they are there from the last time.
        _ = write(reserved)
    }

    deinit { close(descriptor) }

    /// Copies the reservation in the database, for a start at which that can't be read.
    ///
    /// Not synced to the disk, so it costs no time but may not survive a power cut.
    func recordReserved(below number: MessageNumber) { _ = write(number) }

    /// Reserves all numbers below one on the disk; works on a full disk, too.
    ///
    /// Returns true if the reservation is on the disk.
    func reserve(below number: MessageNumber) -> Bool {
        write(number) && fdatasync(descriptor) == 0
    }

    /// Releases the lock, for another process.
    ///
    /// The file stays: otherwise a process that waits for it would lock a file without a name.
    func release() { _ = flock(descriptor, LOCK_UN) }

    private func write(_ number: MessageNumber) -> Bool {
        let text =
            "\(Self.process) \(Self.padded(UInt64(getpid())))\n"
            + "\(Self.numbers) \(Self.padded(number.rawValue))\n"
        return unsafe pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count
    }

    private static func padded(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: " ", count: digits - text.utf8.count) + text
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// Returns true for our own text, or none: after a power cut, bytes of zero.
    private static func isOurs(_ text: String) -> Bool {
        text.hasPrefix("\(process) ") || text.utf8.allSatisfy { $0 == 0 }
    }

    private static func value(of key: String, in text: String) -> UInt64? {
        text.split(separator: "\n").first { $0.hasPrefix("\(key) ") }
            .flatMap { $0.split(separator: " ").last }.flatMap { UInt64($0) }
    }
}
