import Sockets

/// The secret by which a browser is recognised: 22 to 128 letters, digits, `-` and `_`, the
/// characters of base64url.
///
/// Only its hash is kept. 22 such characters hold 132 bits, if they were chosen at random.
struct SessionID: Hashable, Sendable {
    /// Characters of a session.
    static let length = 22...128

    /// SHA-256 of the secret.
    let digest: [UInt8]

    /// Hashes a secret; `nil` if it can't be a session.
    init?(_ secret: String) {
        guard Self.isValid(secret) else { return nil }
        digest = SHA256.digest(of: secret.utf8)
    }

    /// The hash as text: names the session among the channels that messages come from.
    var channel: String {
        "session:"
            + digest.prefix(16).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    /// Returns whether a text can be a session.
    static func isValid(_ text: String) -> Bool {
        length.contains(text.utf8.count) && text.utf8.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension SessionID: CustomStringConvertible {
    /// A placeholder that shows nothing of the secret.
    var description: String { "•••" }
}
