import COpenSSL

/// The protocol that is spoken over TLS, as clients name it when they ask for one (ALPN, RFC 7301).
///
/// A client that names no protocol is let in; one that names only others is refused in the
/// handshake, such as a browser that connects to a port of the chat, or a client that knows only
/// HTTP/2.
public enum ApplicationProtocol: String, Sendable {
    /// The chat's own.
    case puente
    /// HTTP/1.1.
    case http1 = "http/1.1"
    /// Internet Relay Chat.
    case irc

    /// OpenSSL's function for the choice, without a closure's context.
    var selection: SSL_CTX_alpn_select_cb_func {
        switch self {
        case .puente:
            { _, selected, count, offer, offered, _ in
                unsafe select(.puente, selected, count, offer, offered)
            }
        case .http1:
            { _, selected, count, offer, offered, _ in
                unsafe select(.http1, selected, count, offer, offered)
            }
        case .irc:
            { _, selected, count, offer, offered, _ in
                unsafe select(.irc, selected, count, offer, offered)
            }
        }
    }
}

/// Accepts one protocol and refuses a client that offers only others (RFC 7301, 3.2).
private func select(
    _ wanted: ApplicationProtocol, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
    _ count: UInt32
) -> Int32 {
    guard let offered = unsafe offered, let selected = unsafe selected,
        let selectedCount = unsafe selectedCount
    else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let offer = unsafe UnsafeBufferPointer(start: offered, count: Int(count))
    var start = 0
    while start < offer.count {
        let end = unsafe start + 1 + Int(offer[start])
        guard end <= offer.count else { break }
        if unsafe offer[(start + 1)..<end].elementsEqual(wanted.rawValue.utf8) {
            unsafe selected.pointee = offered + start + 1
            unsafe selectedCount.pointee = offered[start]
            return SSL_TLSEXT_ERR_OK
        }
        start = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
