import Glibc
import TestSupport
import Testing

@testable import Sockets

/// The files of a certificate: what can be wrong with them, and that a change is noticed.
@Suite(.timeLimit(.minutes(10))) struct CertificateFilesTests {
    private let certificate: TestCertificate

    init() throws { certificate = try TestCertificate() }

    private var sentence: String {
        do throws(TLSError) {
            _ = try certificate.files.load()
            return "fine"
        } catch {
            return "\(error)"
        }
    }

    private func write(_ text: String, to path: String) throws {
        try TestCertificate.write(Array(text.utf8), to: path)
    }

    @Test func `a new pair is valid for 90 days`() throws {
        let context = try certificate.files.load()
        #expect(context.fingerprint == certificate.fingerprint)
        #expect(context.fingerprint.utf8.count == 32 * 3 - 1)
        let span: Duration = context.validity.end - context.validity.start
        #expect(span == .seconds(90 * 86_400 + 3_600))
    }

    @Test func `each mistake has a sentence that names the file`() throws {
        #expect(sentence == "fine")
        _ = try certificate.replace(key: false)
        #expect(
            sentence == "key.pem: the key does not belong to the certificate in certificate.pem")
        try write(
            "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", to: certificate.key)
        #expect(sentence == "key.pem: the key is damaged")
        try write("hola", to: certificate.key)
        #expect(
            sentence == "key.pem: holds no key in PEM format (-----BEGIN PRIVATE KEY-----)")
        try write("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", to: certificate.key)
        #expect(sentence.hasPrefix("key.pem: the key is protected by a password: openssl pkey"))
        unlink(certificate.key)
        #expect(sentence == "key.pem: no such file or directory")
        mkfifo(certificate.key, 0o600)
        #expect(sentence == "key.pem: is not a file")
        try write("hola", to: certificate.key)
        try write("", to: certificate.certificate)
        #expect(
            sentence
                == "certificate.pem: holds no certificate in PEM format (-----BEGIN CERTIFICATE-----)"
        )
        try write(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            to: certificate.certificate)
        #expect(sentence.hasPrefix("certificate.pem: a certificate is damaged ("))
        try write(String(repeating: " ", count: 1 << 20 + 1), to: certificate.certificate)
        #expect(sentence == "certificate.pem: has more than 1 MiB")
    }

    @Test func `a change of either file is noticed`() throws {
        let files = certificate.files
        let first = files.version()
        #expect(files.version() == first)
        _ = try certificate.replace(certificate: false)
        let second = files.version()
        #expect(second != first)
        _ = try certificate.replace(key: false)
        #expect(files.version() != second)
        unlink(certificate.key)
        #expect(files.version() != second)
    }

    @Test func `files that are there are never overwritten`() throws {
        let host = try #require(CertificateHost("192.0.2.1"))
        let new = try SelfSignedCertificate(for: [host])
        #expect(throws: SocketError.self) { try new.write(to: certificate.directory) }
        unlink(certificate.certificate)
        #expect {
            try new.write(to: certificate.directory)
        } throws: { error in
            "\(error)" == "key.pem: there is such a file, and it is never overwritten"
        }
        #expect(access(certificate.certificate, F_OK) != 0)
        unlink(certificate.key)
        try new.write(to: certificate.directory)
        var status = stat()
        for path in [certificate.certificate, certificate.key] {
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
        #expect(sentence == "fine")
    }

    @Test(arguments: [
        "localhost", "chat.example.org", "*.example.org", "xn--maana-pta.example", "192.0.2.1",
        "2001:db8::1", "a_b.example", "CHAT.example.org",
    ])
    func `a host is a name or an address`(text: String) throws {
        let host = try #require(CertificateHost(text))
        #expect("\(host)" == text.lowercased())
        _ = try SelfSignedCertificate(for: [host])
    }

    @Test(arguments: [
        "", ".", "a..b", "-a.example", "a-.example", "mañana.example", "a b", "a,DNS:b",
        "192.0.2.256",
        "*", "*.org", "a.*.example.org", "http://a.example", "a.example:2000", "1.2.3",
    ])
    func `nothing else is a host`(text: String) {
        #expect(CertificateHost(text) == nil)
    }
}
