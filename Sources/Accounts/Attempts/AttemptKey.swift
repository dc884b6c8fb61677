import CSodium
import MessageBus

/// The key of a counter, as a hash: somebody may have typed a password where the name
/// belongs, and it must not end up in the file.
package struct AttemptKey: Hashable, Sendable {
    /// The hash: 16 bytes.
    let bytes: [UInt8]

    private static let count = 16

    /// Makes a key from a stored hash.
    init(bytes: [UInt8]) { self.bytes = bytes }

    private init(_ parts: String...) {
        _ = sodium_init()
        let text = Array(parts.joined(separator: "\u{0}").utf8)
        var hash = [UInt8](repeating: 0, count: Self.count)
        unsafe crypto_generichash(&hash, hash.count, text, UInt64(text.count), nil, 0)
        bytes = hash
    }

    /// Returns the key for failed logins of a name at an address.
    static func name(_ key: String, at address: ClientAddress) -> AttemptKey {
        AttemptKey("name at address", key, address.description)
    }

    /// Returns the key for failed logins at an address, whatever the name.
    static func address(_ address: ClientAddress) -> AttemptKey {
        AttemptKey("address", address.description)
    }

    /// Returns the key for failed logins of a name at all addresses where it was never logged in.
    static func name(_ key: String) -> AttemptKey { AttemptKey("name", key) }

    /// Returns the key for registrations at an address.
    static func registrations(at address: ClientAddress) -> AttemptKey {
        AttemptKey("registrations", address.description)
    }
}
