import COpenSSL
import Sockets

/// The client's side of TLS, without a socket: bytes go in and come out.
///
/// Confined to whoever holds it.
package final class TLSEngine {
    /// The settings of a client.
    package struct Settings: Sendable {
        /// The newest version, as OpenSSL numbers it.
        package var version: Int32 = TLS1_3_VERSION
        /// Ciphers of TLS 1.2; `nil` for OpenSSL's own choice.
        package var ciphers: String?
        /// The protocols offered (ALPN).
        package var protocols: [String] = []
        /// True to accept every version and cipher, however weak.
        package var isLax = false

        /// Makes the settings of a usual client.
        package init() {}
    }

    /// The end, as the client sees it.
    package enum End: Equatable {
        /// The server has said that nothing more comes.
        case closed
        /// OpenSSL's reason; the name of an alert, if the server has sent one.
        case failed(String)
    }

    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let (input, output): (OpaquePointer, OpaquePointer)
    /// The end, once it has come.
    package private(set) var end: End?
    /// True once the handshake is done.
    package private(set) var isConnected = false
    /// A session for another connection, once the server has sent a ticket.
    package private(set) var ticket: OpaquePointer?

    /// Begins a connection; `handshake()` makes the first bytes.
    ///
    /// - Parameter ticket: a session of an earlier connection.
    package init(_ settings: Settings = Settings(), resuming ticket: OpaquePointer? = nil) throws {
        _ = puente_ssl_start()
        guard let context = SSL_CTX_new(TLS_client_method()),
            let ssl = SSL_new(context),
            let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem())
        else { throw TLSError("test", "no memory") }
        (self.context, self.ssl, self.input, self.output) = (context, ssl, input, output)
        SSL_set0_rbio(ssl, input)
        SSL_set0_wbio(ssl, output)
        SSL_set_connect_state(ssl)
        puente_ssl_set_version(ssl, settings.version)
        if settings.isLax { SSL_set_security_level(ssl, 0) }
        if let ciphers = settings.ciphers { SSL_set_cipher_list(ssl, ciphers) }
        if !settings.protocols.isEmpty {
            let list = settings.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
            SSL_set_alpn_protos(ssl, list, UInt32(list.count))
        }
        if let ticket { SSL_set_session(ssl, ticket) }
    }

    deinit {
        SSL_SESSION_free(ticket)
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// Does as much of the handshake as the bytes so far allow.
    package func handshake() {
        guard !isConnected, end == nil else { return }
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { isConnected = true } else { record(result) }
    }

    /// Takes bytes from the server.
    package func receive(_ bytes: [UInt8]) {
        BIO_write(input, bytes, Int32(bytes.count))
        handshake()
    }

    /// Returns and forgets bytes for the server.
    package func dequeueOutput() -> [UInt8] {
        let count = Int(BIO_ctrl_pending(output))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = max(0, Int(BIO_read(output, buffer.baseAddress, Int32(count))))
        }
    }

    /// Encrypts a text, after the handshake.
    package func write(_ text: [UInt8]) {
        guard !text.isEmpty else { return }
        ERR_clear_error()
        var count = 0
        let result = SSL_write_ex(ssl, text, text.count, &count)
        if result != 1 { record(result) }
    }

    /// Returns all text that has come.
    package func read() -> [UInt8] {
        var result: [UInt8] = []
        while isConnected, end == nil {
            var count = 0
            var code: Int32 = 0
            ERR_clear_error()
            let piece = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, used in
                code = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
                used = code == 1 ? count : 0
            }
            guard code == 1 else {
                record(code)
                break
            }
            result += piece
        }
        if isConnected, let session = SSL_get1_session(ssl) {
            SSL_SESSION_free(ticket)
            ticket = session
        }
        return result
    }

    /// Says that nothing more comes (close_notify).
    package func finish() { SSL_shutdown(ssl) }

    /// Asks for new keys, and for the server's new ones (TLS 1.3).
    package func updateKeys() {
        SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        SSL_do_handshake(ssl)
    }

    /// Begins another handshake on the same connection (TLS 1.2).
    package func renegotiate() {
        SSL_renegotiate(ssl)
        SSL_do_handshake(ssl)
    }

    /// `TLSv1.3` or another.
    package var version: String { SSL_get_version(ssl).map { String(cString: $0) } ?? "" }
    /// OpenSSL's name of the cipher.
    package var cipher: String {
        SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { String(cString: $0) } ?? ""
    }
    /// True if the server has accepted the ticket.
    package var isResumed: Bool { SSL_session_reused(ssl) == 1 }
    /// The protocol that the server has chosen.
    package var chosenProtocol: String {
        var (bytes, count): (UnsafePointer<UInt8>?, UInt32) = (nil, 0)
        SSL_get0_alpn_selected(ssl, &bytes, &count)
        return String(
            decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    }
    /// SHA-256 of the server's certificate, as people compare it.
    package var fingerprint: String? {
        guard let certificate = SSL_get0_peer_certificate(ssl) else { return nil }
        var digest = [UInt8](repeating: 0, count: 64)
        var count: UInt32 = 0
        X509_digest(certificate, EVP_sha256(), &digest, &count)
        let pairs = digest.prefix(Int(count)).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "0\(digits)" : digits
        }
        return pairs.joined(separator: ":")
    }

    private func record(_ result: Int32) {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
        case SSL_ERROR_ZERO_RETURN: end = .closed
        default:
            let code = ERR_peek_error()
            let reason = ERR_reason_error_string(code).map { String(cString: $0) }
            end = .failed(reason ?? "unknown")
            ERR_clear_error()
        }
    }
}
