import Glibc
import Sockets

/// A directory with a certificate and its key, removed when it is released.
///
/// Safe from any thread.
package final class TestCertificate: Sendable {
    /// The directory.
    package let directory: String
    /// SHA-256 of the certificate.
    package let fingerprint: String

    /// Makes a certificate for this machine, in a new directory.
    package init() throws {
        var template = Array("/tmp/puente-tls-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw SocketError("mkdtemp") }
        directory = String(cString: path)
        let new = try Self.make()
        fingerprint = new.fingerprint
        try new.write(to: directory)
    }

    deinit {
        for name in ["certificate.pem", "key.pem"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    private static func make() throws -> SelfSignedCertificate {
        guard let host = CertificateHost("localhost") else { throw SocketError("localhost") }
        return try SelfSignedCertificate(for: [host])
    }

    /// The path of the certificate.
    package var certificate: String { "\(directory)/certificate.pem" }
    /// The path of the key.
    package var key: String { "\(directory)/key.pem" }
    /// Both files.
    package var files: CertificateFiles { files(for: .puente) }

    /// Returns both files, for a protocol.
    package func files(for protocol: ApplicationProtocol) -> CertificateFiles {
        CertificateFiles(
            certificate: CertificateFiles.File(certificate, called: "certificate.pem"),
            key: CertificateFiles.File(key, called: "key.pem"), for: `protocol`)
    }

    /// Replaces one file or both by those of a new certificate, and returns its fingerprint.
    package func replace(certificate: Bool = true, key: Bool = true) throws -> String {
        let new = try Self.make()
        if certificate { try Self.write(new.certificate, to: self.certificate) }
        if key { try Self.write(new.key, to: self.key) }
        return new.fingerprint
    }

    /// Writes bytes to a new file that takes the place of an old one.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open("\(path).new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SocketError("write \(path)")
        }
        close(descriptor)
        guard rename("\(path).new", path) == 0 else { throw SocketError("rename \(path)") }
    }
}
