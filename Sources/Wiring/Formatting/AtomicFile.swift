import Glibc

/// The replacement of a file in one step: a reader finds the old contents or the new ones, even
/// after a crash.
enum AtomicFile {
    /// Replaces the contents of a file; its mode and owner stay, and a link to it stays one.
    ///
    /// - Parameter original: the contents that the new ones were made of: if the file has others,
    ///   it was changed meanwhile and is left alone.
    static func replace(
        _ file: String, with bytes: [UInt8], insteadOf original: [UInt8]
    ) throws(FileProblem) {
        guard let real = unsafe realpath(file, nil) else { throw FileProblem(errno: errno) }
        let path = unsafe String(cString: real)
        unsafe free(real)
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw FileProblem(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileProblem(sentence: "it is not a file that could be replaced")
        }
        let temporary = try Temporary(beside: path)
        do throws(FileProblem) {
            try temporary.write(bytes, like: status)
            let present = try BoundedInput.bytes(of: path, atMost: Configuration.maxFileBytes)
            guard present == original else {
                throw FileProblem(sentence: "it was changed meanwhile; nothing is written")
            }
            guard unsafe rename(temporary.path, path) == 0 else { throw FileProblem(errno: errno) }
        } catch {
            unsafe unlink(temporary.path)
            throw error
        }
        temporary.syncDirectory()
    }

    /// A new file beside another one.
    ///
    /// Owned by the function that writes it.
    private final class Temporary {
        let path: String
        private let descriptor: Int32

        init(beside path: String) throws(FileProblem) {
            var template = Array("\(path).XXXXXX".utf8CString)
            descriptor = unsafe mkstemp(&template)
            guard descriptor >= 0 else { throw FileProblem(errno: errno) }
            self.path = unsafe template.withUnsafeBufferPointer {
                unsafe $0.baseAddress.map { unsafe String(cString: $0) } ?? ""
            }
        }

        deinit { close(descriptor) }

        /// Writes the contents, to the disk, and takes over mode and owner of the old file.
        func write(_ bytes: [UInt8], like old: stat) throws(FileProblem) {
            var own = stat()
            guard unsafe fstat(descriptor, &own) == 0 else { throw FileProblem(errno: errno) }
            if own.st_uid != old.st_uid || own.st_gid != old.st_gid,
                fchown(descriptor, old.st_uid, old.st_gid) != 0
            {
                throw FileProblem(
                    sentence: "its owner can't be kept by this user; nothing is written")
            }
            // After the owner: a change of owner takes bits of the mode away.
            guard fchmod(descriptor, old.st_mode & 0o7777) == 0 else {
                throw FileProblem(errno: errno)
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw FileProblem(errno: errno) }
                rest = rest.dropFirst(count)
            }
            guard fsync(descriptor) == 0 else { throw FileProblem(errno: errno) }
        }

        /// Brings the new name to the disk; without it a crash brings back the old file, whole.
        func syncDirectory() {
            let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
                .joined(separator: "/")
            let opened = unsafe open(directory.isEmpty ? "/" : directory, O_RDONLY | O_CLOEXEC)
            guard opened >= 0 else { return }
            fsync(opened)
            close(opened)
        }
    }
}
