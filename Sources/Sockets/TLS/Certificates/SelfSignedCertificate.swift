import COpenSSL
import Glibc

/// A new certificate that its own key has signed: for a server whose clients are told its
/// fingerprint, or are given the certificate.
public struct SelfSignedCertificate: Sendable {
    /// The certificate in PEM format.
    public let certificate: [UInt8]
    /// The key in PEM format.
    public let key: [UInt8]
    /// SHA-256 of the certificate: `AB:CD:…`.
    public let fingerprint: String
    /// The certificate's dates.
    public let validity: CertificateValidity

    /// Days for which it is valid.
    public static let days = 90
    /// Seconds before now from which on it is valid: clocks differ.
    private static let leeway = 3_600
    /// Characters of the subject's name at most (RFC 5280, A.1).
    private static let maxSubjectLength = 64

    /// Makes a certificate for some hosts, with a new key on the curve P-256.
    ///
    /// - Throws: `TLSError` if OpenSSL can't.
    public init(for hosts: [CertificateHost]) throws(TLSError) {
        _ = puente_ssl_start()
        ERR_clear_error()
        guard let key = unsafe puente_make_p256_key(), let certificate = unsafe X509_new() else {
            throw Self.failure
        }
        defer {
            unsafe EVP_PKEY_free(key)
            unsafe X509_free(certificate)
        }
        try unsafe Self.fill(certificate, for: hosts, key)
        guard unsafe X509_sign(certificate, key, EVP_sha256()) > 0 else { throw Self.failure }
        self.certificate = try unsafe Self.text { unsafe PEM_write_bio_X509($0, certificate) }
        self.key = try unsafe Self.text {
            unsafe PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil)
        }
        fingerprint = unsafe CertificateFingerprint.text(of: certificate)
        validity = unsafe CertificateValidity(of: certificate)
    }

    private static var failure: TLSError { TLSError(openSSL: "certificate") }

    private static func fill(
        _ certificate: OpaquePointer, for hosts: [CertificateHost], _ key: OpaquePointer
    ) throws(TLSError) {
        let names = hosts.map(\.alternativeName).joined(separator: ",")
        let extensions: [(Int32, String)] = [
            (NID_subject_alt_name, names), (NID_basic_constraints, "critical,CA:FALSE"),
            (NID_key_usage, "critical,digitalSignature"), (NID_ext_key_usage, "serverAuth"),
            (NID_subject_key_identifier, "hash"),
        ]
        // Version 3 is 2.
        guard unsafe X509_set_version(certificate, 2) == 1, unsafe setSerial(of: certificate),
            unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), -leeway) != nil,
            unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), days * 86_400) != nil,
            unsafe setSubject(of: certificate, hosts), unsafe X509_set_pubkey(certificate, key) == 1
        else { throw failure }
        for (kind, value) in extensions {
            guard let item = unsafe puente_make_extension(certificate, kind, value) else {
                throw failure
            }
            defer { unsafe X509_EXTENSION_free(item) }
            guard unsafe X509_add_ext(certificate, item, -1) == 1 else { throw failure }
        }
    }

    /// Gives the certificate a random number of 127 bits.
    private static func setSerial(of certificate: OpaquePointer) -> Bool {
        guard let number = unsafe BN_new() else { return false }
        defer { unsafe BN_free(number) }
        return unsafe BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }

    private static func setSubject(of certificate: OpaquePointer, _ hosts: [CertificateHost])
        -> Bool
    {
        let name = unsafe X509_get_subject_name(certificate)
        let host = hosts.first.map { "\($0)" } ?? "puente"
        let subject = host.utf8.count <= maxSubjectLength ? host : "puente"
        return unsafe X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, subject, -1, -1, 0) == 1
            && X509_set_issuer_name(certificate, name) == 1
    }

    private static func text(
        _ write: (OpaquePointer) -> Int32
    ) throws(TLSError) -> [UInt8] {
        guard let memory = unsafe BIO_new(BIO_s_secmem()) else { throw failure }
        defer { unsafe BIO_free(memory) }
        guard unsafe write(memory) == 1 else { throw failure }
        var bytes: UnsafePointer<CChar>?
        let count = unsafe puente_bio_bytes(memory, &bytes)
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }
}
