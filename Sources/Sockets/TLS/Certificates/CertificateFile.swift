import COpenSSL

/// A file in PEM format, as it was read: a chain of certificates, or a key.
public struct CertificateFile: Sendable {
    /// The path as it is shown in errors.
    public let name: String
    private let bytes: [UInt8]

    /// Certificates of a chain at most: real ones have two to four.
    private static let maxChainLength = 16

    /// Wraps the contents of a file.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    func error(_ reason: String) -> TLSError { TLSError(name, reason) }

    /// Returns the certificates, the caller's to free.
    func certificates() throws(TLSError) -> [OpaquePointer] {
        var result: [OpaquePointer] = unsafe []
        let failure = unsafe withReader { reader -> TLSError? in
            while unsafe result.count < Self.maxChainLength {
                ERR_clear_error()
                guard let next = unsafe PEM_read_bio_X509(reader, nil, refusePassword, nil) else {
                    let isAtEnd = puente_pem_is_at_end() == 1
                    let reason = TLSError.lastReason
                    return isAtEnd ? nil : error("a certificate is damaged (\(reason))")
                }
                unsafe result.append(next)
            }
            return nil
        }
        if failure == nil, unsafe !result.isEmpty { return unsafe result }
        for index in unsafe result.indices { unsafe X509_free(result[index]) }
        throw failure ?? error("holds no certificate in PEM format (-----BEGIN CERTIFICATE-----)")
    }

    /// Returns the key, the caller's to free.
    func key() throws(TLSError) -> OpaquePointer {
        ERR_clear_error()
        let key = unsafe withReader { unsafe PEM_read_bio_PrivateKey($0, nil, refusePassword, nil) }
        if let key = unsafe key { return unsafe key }
        ERR_clear_error()
        let text = String(decoding: bytes, as: UTF8.self)
        if text.contains("ENCRYPTED") {
            throw error(
                "the key is protected by a password: openssl pkey -in OLD -out NEW takes it off")
        }
        throw error(
            text.contains("PRIVATE KEY-----")
                ? "the key is damaged" : "holds no key in PEM format (-----BEGIN PRIVATE KEY-----)")
    }

    private func withReader<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { bytes in
            let reader = unsafe BIO_new_mem_buf(
                bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1),
                Int32(clamping: bytes.count))
            defer { unsafe BIO_free(reader) }
            return unsafe body(reader)
        }
    }
}

/// Gives no password: the daemon has nobody to ask, and OpenSSL would ask at the terminal.
private func refusePassword(
    _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?
) -> Int32 { -1 }
