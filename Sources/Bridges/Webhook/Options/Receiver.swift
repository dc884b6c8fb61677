import Glibc
import MessageBus

/// The address that messages go to.
///
/// Only scheme and host may be shown.
struct Receiver: Sendable, CustomStringConvertible {
    /// The URL; never to be shown.
    let url: Secret
    /// True if requests are not encrypted.
    let isPlain: Bool
    /// The name or the IP address, in brackets if it has colons.
    let host: String

    /// Scheme and host, `https://hooks.example.org`.
    var description: String { "\(isPlain ? "http" : "https")://\(host)" }

    /// Reads a URL; `nil` if it is not one of HTTP, or could be read in two ways.
    init?(_ url: Secret) {
        let text = url.reveal()
        let lower = text.lowercased()
        isPlain = lower.hasPrefix("http://")
        guard isPlain || lower.hasPrefix("https://"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !text.contains(where: { "\\#\"<>^`{|}".contains($0) })
        else { return nil }
        let authority = text.dropFirst(isPlain ? 7 : 8).prefix { $0 != "/" && $0 != "?" }
        // The part in front of @ is a name and a password.
        let place =
            authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
            ?? authority
        let host: Substring
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
            host = place[...end]
        } else {
            host = place.prefix { $0 != ":" }
        }
        guard !host.isEmpty, Self.isPort(place.dropFirst(host.count)) else { return nil }
        self.host = host.lowercased()
        self.url = url
    }

    private static func isPort(_ text: Substring) -> Bool {
        if text.isEmpty { return true }
        let digits = text.dropFirst()
        return text.first == ":" && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && Int(digits).map { (1...65_535).contains($0) } ?? false
    }

    /// True if the host is an IP address, and not one of this machine alone: then nothing may go
    /// there in plain.
    ///
    /// A name is resolved only when a connection is made.
    var isForeignAddress: Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, host, &bytes) == 1 { return bytes[0] != 127 }
        guard host.hasPrefix("[") else { return false }
        guard unsafe inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &bytes) == 1 else {
            return true
        }
        let isMapped =
            bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
        if isMapped { return bytes[12] != 127 }
        return bytes != [UInt8](repeating: 0, count: 15) + [1]
    }
}
