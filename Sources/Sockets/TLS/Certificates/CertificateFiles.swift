import CLinux
import Glibc

/// The files of a certificate and its key, in PEM format.
///
/// Its functions wait for the file system, so must not be called on the loop.
public struct CertificateFiles: Sendable {
    /// A file by its path and by the name that errors show.
    public struct File: Sendable, Equatable {
        let path: String
        /// The path as it was written.
        public let name: String

        /// Names a file.
        ///
        /// - Parameters:
        ///   - path: the path from here.
        ///   - name: the path as it was written.
        public init(_ path: String, called name: String) {
            self.path = path
            self.name = name
        }
    }

    /// The part that changes when one of the files is replaced or written.
    public struct Version: Sendable, Equatable {
        private let certificate: [Int]
        private let key: [Int]

        fileprivate init(certificate: [Int], key: [Int]) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The file with the chain.
    public let certificate: File
    /// The file with the key; may be the same.
    public let key: File

    /// Bytes of a file at most.
    private static let maxBytes = 1 << 20

    /// The protocol that is spoken with them.
    private let applicationProtocol: ApplicationProtocol

    /// Names a pair of files.
    public init(certificate: File, key: File, for protocol: ApplicationProtocol = .puente) {
        applicationProtocol = `protocol`
        self.certificate = certificate
        self.key = key
    }

    /// The present version; files that are missing have one too.
    public func version() -> Version {
        Version(
            certificate: Self.version(certificate.path), key: Self.version(key.path))
    }

    private static func version(_ path: String) -> [Int] {
        // Through links: certbot replaces those.
        guard let status = SystemCalls.status(path) else { return [] }
        return [
            Int(status.st_dev), Int(status.st_ino), Int(status.st_size),
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
        ]
    }

    /// Reads both files and checks that they belong together.
    ///
    /// - Throws: `TLSError` with a sentence that names the file.
    public func load() throws(TLSError) -> TLSContext {
        try TLSContext(
            chain: Self.read(certificate), key: Self.read(key), for: applicationProtocol)
    }

    /// True if users of this machine other than the owner and the group may read the key.
    public var isKeyPublic: Bool {
        return SystemCalls.status(key.path).map { $0.st_mode & S_IROTH != 0 } ?? false
    }

    private static func read(_ file: File) throws(TLSError) -> CertificateFile {
        // A named pipe must not be waited for.
        let descriptor = SystemCalls.open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw TLSError(file.name, SocketError("open").reason) }
        defer { close(descriptor) }
        guard let status = SystemCalls.status(of: descriptor), status.st_mode & S_IFMT == S_IFREG
        else {
            throw TLSError(file.name, "is not a file")
        }
        guard status.st_size <= maxBytes else {
            throw TLSError(file.name, "has more than \(maxBytes >> 20) MiB")
        }
        var bytes: [UInt8] = []
        while true {
            var count = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, used in
                count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                used = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw TLSError(file.name, SocketError("read").reason) }
            if count == 0 || bytes.count > maxBytes { break }
            bytes += piece
        }
        return CertificateFile(name: file.name, bytes: bytes)
    }
}
