import COpenSSL

/// A certificate with its key, and the rules of connections that are encrypted with them.
///
/// Safe from any thread as a value; sessions are made and ticket keys renewed on the loop only.
///
/// The rules are Mozilla's intermediate profile: TLS 1.2 and 1.3, ephemeral keys, authenticated
/// ciphers. The profile's finite-field ciphers are left out: they are slow, so that strangers could
/// keep the processor busy with them, and every client that has them has elliptic curves too. The
/// server's order counts, except that a client that prefers ChaCha20, for lack of AES in its
/// processor, gets that. There is no renegotiation, no compression, and no early data, which could
/// be replayed.
///
/// It owns a reference to its context, which OpenSSL counts.
@safe public final class TLSContext: @unchecked Sendable {  // SSL_CTX counts references atomically
    let pointer: OpaquePointer
    /// The certificate's dates.
    public let validity: CertificateValidity
    /// The SHA-256 fingerprint of the certificate, as in `AB:CD:…`.
    public let fingerprint: String

    /// Ciphers of TLS 1.3, the fastest first.
    private static let suites =
        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    /// Ciphers of TLS 1.2, the fastest first.
    private static let ciphers = """
        ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
        ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
        ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
        """
    private static let groups = "X25519:P-256:P-384"
    /// Seconds for which a ticket is accepted: a client that comes back after a break of the
    /// network.
    private static let ticketSeconds = 7_200

    /// Makes a context of a chain of certificates and a key.
    ///
    /// - Parameters:
    ///   - chain: PEM: the certificate, then those between it and the authority.
    ///   - key: PEM, without a password.
    ///   - protocol: the protocol that is spoken.
    /// - Throws: `TLSError` with what is wrong with which file.
    public init(
        chain: CertificateFile, key: CertificateFile, for protocol: ApplicationProtocol = .puente
    ) throws(TLSError) {
        _ = puente_ssl_start()
        ERR_clear_error()
        let certificates = try unsafe chain.certificates()
        defer { for index in unsafe certificates.indices { unsafe X509_free(certificates[index]) } }
        guard let first = unsafe certificates.first else { throw chain.error("is empty") }
        // The last step that can fail: an object that is complete would be freed twice.
        unsafe pointer = try unsafe Self.make(certificates, of: chain, key)
        unsafe SSL_CTX_set_alpn_select_cb(pointer, `protocol`.selection, nil)
        validity = unsafe CertificateValidity(of: first)
        fingerprint = unsafe CertificateFingerprint.text(of: first)
    }

    private static func make(
        _ certificates: [OpaquePointer], of chain: CertificateFile, _ key: CertificateFile
    ) throws(TLSError) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw TLSError(openSSL: "TLS")
        }
        do throws(TLSError) {
            try unsafe use(certificates, of: chain, in: context)
            try unsafe use(key, for: certificates[0], of: chain, in: context)
            try unsafe setRules(of: context)
            return unsafe context
        } catch {
            unsafe SSL_CTX_free(context)
            throw error
        }
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    private static func use(
        _ certificates: [OpaquePointer], of file: CertificateFile, in context: OpaquePointer
    ) throws(TLSError) {
        guard unsafe SSL_CTX_use_certificate(context, certificates[0]) == 1 else {
            throw file.error(TLSError.lastReason)
        }
        for index in unsafe certificates.indices.dropFirst() {
            let certificate = unsafe certificates[index]
            unsafe X509_up_ref(certificate)
            guard unsafe puente_ssl_add_chain(context, certificate) == 1 else {
                unsafe X509_free(certificate)
                throw file.error(TLSError.lastReason)
            }
        }
    }

    private static func use(
        _ file: CertificateFile, for certificate: OpaquePointer, of chain: CertificateFile,
        in context: OpaquePointer
    ) throws(TLSError) {
        let key = try unsafe file.key()
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe X509_check_private_key(certificate, key) == 1 else {
            ERR_clear_error()
            throw file.error("the key does not belong to the certificate in \(chain.name)")
        }
        guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1 else {
            throw file.error(TLSError.lastReason)
        }
    }

    private static func setRules(of context: OpaquePointer) throws(TLSError) {
        let areSet =
            unsafe puente_ssl_set_minimum(context, TLS1_2_VERSION) == 1
            && SSL_CTX_set_cipher_list(context, ciphers) == 1
            && SSL_CTX_set_ciphersuites(context, suites) == 1
            && puente_ssl_set_groups(context, groups) == 1
            && SSL_CTX_set_max_early_data(context, 0) == 1
            && SSL_CTX_set_num_tickets(context, 1) == 1
        guard areSet else { throw TLSError(openSSL: "TLS") }
        unsafe SSL_CTX_set_options(context, puente_ssl_options())
        unsafe setModes(of: context)
        unsafe SSL_CTX_set_timeout(context, ticketSeconds)
    }

    /// Sets the modes in which every connection reads and writes, and keeps no sessions.
    static func setModes(of context: OpaquePointer) {
        // Buffers are freed while they are empty; a record that is written in part stays where it
        // is; and a record that is not text ends a read, so that a flood of them has a bound.
        unsafe puente_ssl_set_modes(
            context,
            Int(
                SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                    | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), Int(SSL_MODE_AUTO_RETRY))
        unsafe puente_ssl_turn_off_cache(context)
    }

    /// Makes new keys for session tickets: tickets that were given before are not accepted any
    /// more.
    ///
    /// A thief of a key can read the connections that its tickets were given to (TLS 1.2), so a key
    /// must not live long. Called on the loop.
    public func renewTicketKeys() {
        var keys = unsafe [UInt8](repeating: 0, count: puente_ssl_ticket_key_size(pointer))
        unsafe keys.withUnsafeMutableBytes { keys in
            let bytes = unsafe keys.assumingMemoryBound(to: UInt8.self).baseAddress
            guard unsafe RAND_bytes(bytes, Int32(keys.count)) == 1 else { return }
            _ = unsafe puente_ssl_set_ticket_keys(pointer, keys.baseAddress, keys.count)
            unsafe OPENSSL_cleanse(keys.baseAddress, keys.count)
        }
    }
}
