import CNATS
import Glibc
import MessageBus

/// The servers, and the credentials of this instance.
struct BrokerAccess: Sendable {
    /// Addresses, in the order of bridge.json.
    var servers: [String]
    var user: String?
    var password: Secret?
    var token: Secret?
    /// The path of a credentials file.
    var credentials: String?
    /// The public key of an nkey, and its seed.
    var nkey: NKey?
    /// True if the connection must be encrypted, whatever the address says.
    var isSecure = false
    /// Paths of PEM files: authorities, and our own certificate with its key.
    var authorities: String?
    var certificate: String?
    var key: String?

    /// A key of ours.
    struct NKey: Sendable {
        let user: String
        let seed: Secret
    }

    /// Gives the library the credentials that it needs.
    func apply(to options: OpaquePointer, address: String) throws(BrokerError) {
        var status = NATS_OK
        func attempt(_ call: () -> natsStatus) { if status == NATS_OK { status = call() } }
        if let user {
            attempt { unsafe natsOptions_SetUserInfo(options, user, password?.reveal() ?? "") }
        }
        if let token { attempt { unsafe natsOptions_SetToken(options, token.reveal()) } }
        if let credentials {
            attempt { unsafe natsOptions_SetUserCredentialsFromFiles(options, credentials, nil) }
        }
        if let nkey { attempt { unsafe Self.set(nkey, options) } }
        if isSecure || address.hasPrefix("tls://") {
            attempt { unsafe natsOptions_SetSecure(options, true) }
            if let host = Self.host(of: address) {
                attempt { unsafe natsOptions_SetExpectedHostname(options, host) }
            }
        }
        if let authorities {
            attempt { unsafe natsOptions_LoadCATrustedCertificates(options, authorities) }
        }
        if let certificate, let key {
            attempt { unsafe natsOptions_LoadCertificatesChain(options, certificate, key) }
        }
        if status != NATS_OK { throw BrokerError("credentials", status) }
    }

    private static func set(_ nkey: NKey, _ options: OpaquePointer) -> natsStatus {
        // Lives as long as the process: the library may sign at any time.
        let seed = unsafe strdup(nkey.seed.reveal())
        return unsafe natsOptions_SetNKey(
            options, nkey.user,
            { _, signature, length, nonce, closure in
                unsafe nats_Sign(
                    closure?.assumingMemoryBound(to: CChar.self), nonce, signature, length)
            }, unsafe seed)
    }

    /// Returns the host in an address like `tls://broker.example:4222`.
    static func host(of address: String) -> String? {
        var rest = Substring(address)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if rest.first == "[" {
            return rest.dropFirst().split(separator: "]").first.map(String.init)
        }
        return rest.split(separator: ":").first.map(String.init)
    }
}
