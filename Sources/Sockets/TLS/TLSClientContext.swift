import COpenSSL
import Glibc

/// The rules of encrypted connections to servers, and the reason to trust that a server is the one
/// it claims to be.
///
/// Safe from any thread.
///
/// It owns a reference to its context, which OpenSSL counts.
@safe  // Sendable: SSL_CTX counts references atomically.
public final class TLSClientContext: @unchecked Sendable {
    /// The reason to trust a server.
    public enum Trust: Sendable, Equatable {
        /// An authority that this machine trusts has signed its certificate.
        case system
        /// An authority of a file in PEM format has.
        case authorities(path: String)
        /// The SHA-256 of its certificate, in hexadecimal digits, with or without colons.
        case fingerprint(String)
    }

    let pointer: OpaquePointer
    let trust: Trust

    /// Makes a context; reads files, so that it must not be called on the loop.
    ///
    /// - Throws: `TLSError` with what is wrong with which file.
    public init(trusting trust: Trust) throws(TLSError) {
        _ = puente_ssl_start()
        ERR_clear_error()
        self.trust = trust
        // The last step that can fail: an object that is complete would be freed twice.
        unsafe pointer = try unsafe Self.make(trust)
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    private static func make(_ trust: Trust) throws(TLSError) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSError(openSSL: "TLS")
        }
        do throws(TLSError) {
            try unsafe use(trust, in: context)
        } catch {
            unsafe SSL_CTX_free(context)
            throw error
        }
        return unsafe context
    }

    private static func use(_ trust: Trust, in context: OpaquePointer) throws(TLSError) {
        guard unsafe puente_ssl_set_minimum(context, TLS1_2_VERSION) == 1 else {
            throw TLSError(openSSL: "TLS")
        }
        unsafe SSL_CTX_set_options(context, puente_ssl_client_options())
        unsafe TLSContext.setModes(of: context)
        switch trust {
        case .system:
            guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else {
                throw TLSError(openSSL: "the authorities of this machine")
            }
        case .authorities(let path):
            // OpenSSL says no more than that the system has failed.
            guard SystemCalls.isAccessible(path, R_OK) else {
                throw TLSError(path, SocketError("open").reason)
            }
            guard unsafe SSL_CTX_load_verify_file(context, path) == 1 else {
                throw TLSError(openSSL: path)
            }
        case .fingerprint:
            // Compared when the server has shown its certificate.
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
            return
        }
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    }

    /// Makes a session ask for a host, and expect a certificate for it.
    func expect(_ host: String, in ssl: OpaquePointer) -> Bool {
        if SocketAddress.ipBytes(host) != nil {
            return unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1
        }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        unsafe SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        return unsafe puente_ssl_set_server_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1
    }

    /// Returns why a server is not trusted after its handshake; `nil` if it is.
    func doubt(of session: TLSSession) -> String? {
        guard case .fingerprint(let expected) = trust else { return session.doubt }
        let found = session.peerFingerprint ?? "none"
        return Self.digits(found) == Self.digits(expected)
            ? nil : "its certificate has another fingerprint: \(found)"
    }

    private static func digits(_ fingerprint: String) -> String {
        fingerprint.lowercased().filter { $0 != ":" }
    }
}
