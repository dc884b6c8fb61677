import COpenSSL

/// SHA-256 of a certificate, by which a person can recognise it.
enum CertificateFingerprint {
    /// Returns it as browsers and `openssl x509 -fingerprint` show it: `AB:CD:…`.
    static func text(of certificate: OpaquePointer) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard unsafe X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else {
            return "unknown"
        }
        return digest.prefix(Int(count)).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined(separator: ":")
    }
}
