import CLinux
import Glibc

extension SelfSignedCertificate {
    /// The names of the files that `write(to:)` makes.
    public static let fileNames = (certificate: "certificate.pem", key: "key.pem")

    /// Writes the certificate and its key into files that only their owner may read.
    ///
    /// Existing files are never touched. As root, the owner is that of the directory: a daemon that
    /// runs as somebody else must be able to read them.
    ///
    /// - Throws: `SocketError` with a sentence; there are no new files then.
    public func write(to directory: String) throws(SocketError) {
        let names = Self.fileNames
        let (first, second) = ("\(directory)/\(names.certificate)", "\(directory)/\(names.key)")
        try Self.refuseExisting(second, called: names.key)
        try Self.write(certificate, to: first, called: names.certificate, in: directory)
        do throws(SocketError) {
            try Self.write(key, to: second, called: names.key, in: directory)
        } catch {
            SystemCalls.remove(first)
            throw error
        }
    }

    private static func refuseExisting(_ path: String, called name: String) throws(SocketError) {
        if SystemCalls.linkStatus(path) != nil { throw exists(name) }
    }

    private static func exists(_ name: String) -> SocketError {
        SocketError(name, reason: "there is such a file, and it is never overwritten")
    }

    private static func write(
        _ bytes: [UInt8], to path: String, called name: String, in directory: String
    ) throws(SocketError) {
        let descriptor = SystemCalls.open(
            path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode: 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? exists(name) : SocketError("write \(name)")
        }
        defer { close(descriptor) }
        let count = unsafe bytes.withUnsafeBytes { SystemCalls.write(descriptor, $0) }
        let isWritten =
            count == bytes.count && fchmod(descriptor, 0o600) == 0
            && changeOwner(of: descriptor, toThatOf: directory) && fsync(descriptor) == 0
        guard isWritten else {
            let failure =
                count >= 0 && count < bytes.count
                ? SocketError("write \(name)", reason: "the disk is full")
                : SocketError("write \(name)")
            SystemCalls.remove(path)
            throw failure
        }
    }

    private static func changeOwner(of descriptor: Int32, toThatOf directory: String) -> Bool {
        guard geteuid() == 0 else { return true }
        guard let status = SystemCalls.status(directory) else { return false }
        return fchown(descriptor, status.st_uid, status.st_gid) == 0
    }
}
