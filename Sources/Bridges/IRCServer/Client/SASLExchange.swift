import Foundation

/// The part of a SASL exchange that has come: `AUTHENTICATE` in pieces of 400 bytes
/// (IRCv3, SASL 3.1).
///
/// Owned by an `IRCServerClient`; confined to the bus's loop.
struct SASLExchange {
    /// The result of a piece.
    enum Step: Equatable {
        /// More is to come.
        case more
        /// It is complete: a name and a password, as they came.
        case complete(name: String, password: [UInt8])
        /// It can't be understood.
        case malformed
        /// A piece is too long.
        case tooLong
    }

    /// True once a mechanism is chosen.
    private(set) var isOpen = false
    private var text = ""

    /// Bytes of a piece.
    private static let pieceBytes = 400
    /// Bytes of all pieces: a name and a password of the longest.
    private static let maxBytes = 1_200

    /// Begins with the mechanism PLAIN.
    mutating func begin() { (isOpen, text) = (true, "") }

    /// Forgets everything.
    mutating func end() { (isOpen, text) = (false, "") }

    /// Takes a piece.
    mutating func append(_ piece: String) -> Step {
        if piece.utf8.count > Self.pieceBytes {
            end()
            return .tooLong
        }
        if text.utf8.count + piece.utf8.count > Self.maxBytes {
            end()
            return .malformed
        }
        if piece != "+" { text += piece }
        if piece.utf8.count == Self.pieceBytes { return .more }
        defer { end() }
        guard let data = Data(base64Encoded: text) else { return .malformed }
        // RFC 4616: authorization identity, NUL, authentication identity, NUL, password.
        let parts = data.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = String(validating: parts[1], as: UTF8.self),
            !name.isEmpty,
            parts[0].isEmpty || parts[0].elementsEqual(parts[1])
        else { return .malformed }
        return .complete(name: name, password: Array(parts[2]))
    }
}
