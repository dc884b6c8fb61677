import CLinux
import Glibc

/// The check, before anything is read or written, that a file of the store is accessible to its
/// owner only, because it holds conversations.
///
/// Wrong permissions are corrected where that is safe, and reported; where somebody else could have
/// tampered with the file, the store does not open. Files are checked through descriptors that only
/// stand for a path (`O_PATH`): opening and closing the database itself would drop SQLite's locks.
struct OwnerOnly {
    /// Path of the file as SQLite opens it, all links followed, even if the file does not exist
    /// yet.
    let path: String
    /// The path as the configuration has it, for sentences.
    private let named: String

    /// Permissions of others, and among them those to write.
    private static let others: mode_t = 0o077
    private static let otherWriters: mode_t = 0o022

    /// Resolves the path of a file.
    ///
    /// - Throws: `StoreError` if symbolic links form a loop.
    init(_ path: String) throws(StoreError) {
        named = path
        self.path = try Self.resolvedPath(of: path)
    }

    // MARK: - The database

    /// Creates an empty database if there is none; else checks it and its companions.
    ///
    /// Returns sentences about permissions that were corrected.
    func prepareDatabase() throws(StoreError) -> [String] {
        var remarks: [String] = []
        if try !createDatabase() {
            if let remark = try checkFile(path) { remarks.append(remark) }
        }
        for ending in ["-wal", "-shm", "-journal"] {
            if let remark = try checkFile(path + ending) { remarks.append(remark) }
        }
        return remarks
    }

    /// Creates an empty file; returns false if the name is taken.
    ///
    /// SQLite gives its companions the same permissions. A full disk is left for SQLite to report.
    private func createDatabase() throws(StoreError) -> Bool {
        let flags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            if errno == ENOSPC || errno == EDQUOT { return true }
            throw StoreError(named, "it can't be made: \(StoreError.words(for: errno))")
        }
        // The umask may have removed permissions.
        fchmod(descriptor, 0o600)
        close(descriptor)
        return true
    }

    /// Checks a file by its name; a missing file is in order.
    private func checkFile(_ file: String) throws(StoreError) -> String? {
        let descriptor = unsafe open(file, O_PATH | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            // SQLite can't open it either, and says why.
            return nil
        }
        defer { close(descriptor) }
        return try check(descriptor, file) { unsafe chmod("/proc/self/fd/\(descriptor)", 0o600) }
    }

    /// A warning if anybody can put another file in its place; `nil` if not.
    var folderRemark: String? {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard unsafe stat(folder, &status) == 0, status.st_mode & 0o002 != 0,
            status.st_mode & S_ISVTX == 0
        else { return nil }
        return
            "store: \(path): everybody may write into \(folder), and so put another file in its "
            + "place"
    }

    // MARK: - The file beside it

    /// Opens or creates a file of our own beside the database.
    ///
    /// - Parameter remarks: receives sentences about permissions that were corrected.
    func openCompanion(
        _ ending: String, remarks: inout [String]
    ) throws(StoreError) -> Int32 {
        let file = path + ending
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let descriptor = unsafe open(file, flags, 0o600)
        guard descriptor >= 0 else {
            let reason = errno == ELOOP ? "it is a link" : StoreError.words(for: errno)
            throw StoreError(named, "can't make \(file): \(reason)")
        }
        do throws(StoreError) {
            if let remark = try check(descriptor, file, { fchmod(descriptor, 0o600) }) {
                remarks.append(remark)
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    // MARK: - Judging

    /// Checks the file of a descriptor, and removes the permissions of others.
    private func check(
        _ descriptor: Int32, _ file: String, _ tighten: () -> Int32
    ) throws(StoreError) -> String? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw complaint(file, "it can't be examined: \(StoreError.words(for: errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw complaint(file, "it is \(Self.kind(status.st_mode)), not a file")
        }
        guard status.st_uid == geteuid() else {
            throw complaint(
                file,
                "it belongs to user \(status.st_uid), and this is user \(geteuid()): give it to "
                    + "this one (chown), or choose another \"path\"")
        }
        guard status.st_nlink < 2 else {
            throw complaint(
                file,
                "it has \(status.st_nlink) names (hard links): what is written here would be "
                    + "written there; remove the others")
        }
        let mode = status.st_mode & 0o777
        guard mode & Self.otherWriters == 0 else {
            throw complaint(
                file,
                "others may write it (its rights are \(Self.octal(mode))), so its contents "
                    + "can't be trusted: check them, then restrict it to its owner (chmod 600)")
        }
        guard mode & Self.others != 0 else { return nil }
        guard tighten() == 0 else {
            throw complaint(
                file,
                "others may read it (its rights are \(Self.octal(mode))), and that can't be "
                    + "changed: \(StoreError.words(for: errno))")
        }
        return
            "store: \(file): others could read it (its rights were \(Self.octal(mode))); it is its "
            + "owner's alone now"
    }

    private func complaint(_ file: String, _ sentence: String) -> StoreError {
        StoreError(named, file == named ? sentence : "\(file): \(sentence)")
    }

    private static func octal(_ mode: mode_t) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a directory"
        case S_IFIFO: "a named pipe"
        case S_IFSOCK: "a socket"
        case S_IFLNK: "a link"
        default: "a device"
        }
    }

    // MARK: - Links

    /// Returns a path without links; for a file that does not exist yet, by its folder.
    private static func resolvedPath(of path: String) throws(StoreError) -> String {
        var next = path
        // As many as the kernel follows (path_resolution(7)).
        for _ in 0..<40 {
            let slash = next.lastIndex(of: "/")
            let folder = slash.map { $0 == next.startIndex ? "/" : String(next[..<$0]) } ?? "."
            let name = next[(slash.map(next.index(after:)) ?? next.startIndex)...]
            // A problem with the folder is reported when the file is created.
            guard let real = unsafe realpath(folder, nil) else { return next }
            defer { unsafe free(real) }
            let resolved = unsafe String(cString: real)
            let file = resolved == "/" ? "/\(name)" : "\(resolved)/\(name)"
            guard let target = target(ofLink: file) else { return file }
            next = target.hasPrefix("/") ? target : "\(resolved)/\(target)"
        }
        throw StoreError(path, "its symbolic links form a loop")
    }

    /// Returns the target of a link; `nil` if the path is not a link.
    private static func target(ofLink path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
