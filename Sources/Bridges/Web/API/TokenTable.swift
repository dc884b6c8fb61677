import MessageBus
import Sockets

/// The tokens of programs: it holds those of bridge.json, and asks the accounts for those that
/// `puente token add` has made.
///
/// Never changes; the accounts are confined to the bus's loop.
///
/// Secrets are compared by their SHA-256, so that the time of a comparison says nothing about them.
struct TokenTable: Sendable {
    private let configured: [[UInt8]: String]

    /// Makes a table from the names and secrets of bridge.json.
    init(_ tokens: [String: Secret]) {
        configured = Dictionary(
            tokens.map { (SHA256.digest(of: $1.reveal().utf8), $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Returns whether a token is still valid.
    func isValid(_ client: APIClient, _ accounts: any AccountDirectory) -> Bool {
        configured[client.digest] != nil || accounts.token(client.digest) != nil
    }

    /// Returns the program that has a secret, by its SHA-256; `nil` if there is none.
    func client(withDigest digest: [UInt8], _ accounts: any AccountDirectory) -> APIClient? {
        if let name = configured[digest] { return APIClient(name: name, digest: digest) }
        return accounts.token(digest).map { token in
            APIClient(
                name: token.name, room: token.room, isReadOnly: token.isReadOnly, digest: digest)
        }
    }
}
