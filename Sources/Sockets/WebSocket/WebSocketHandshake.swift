import COpenSSL

/// The opening handshake of a WebSocket, on the server's side (RFC 6455, 4.2).
package struct WebSocketHandshake: Sendable {
    /// The answer, `101 Switching Protocols`, for `HTTPExchange.takeOver`.
    package let response: HTTPResponse
    /// The subprotocol that is spoken.
    package let subprotocol: String

    /// Checks a request.
    ///
    /// - Parameters:
    ///   - subprotocols: those that are spoken here, the preferred one first; the client must offer
    ///     one of them.
    ///   - isOriginAllowed: returns whether the page that connects may do so, by the value of
    ///     `Origin`, which programs other than browsers leave out: see `OriginList`.
    /// - Throws: `HTTPRefusal` with 400, 403 or 426; the answer to that needs what `explaining`
    ///   adds.
    package init(
        _ exchange: HTTPExchange, subprotocols: [String], isOriginAllowed: (String?) -> Bool
    ) throws(HTTPRefusal) {
        try self.init(
            exchange.head, subprotocols: subprotocols, isOriginAllowed: isOriginAllowed)
    }

    init(
        _ head: HTTPRequestHead, subprotocols: [String], isOriginAllowed: (String?) -> Bool
    ) throws(HTTPRefusal) {
        guard head.list("upgrade", contains: "websocket"),
            head.list("connection", contains: "upgrade")
        else { throw HTTPRefusal(.upgradeRequired, "this is a WebSocket: ask for an upgrade") }
        guard head.method == .get, head.isVersion11, head.framing == .none else {
            throw .malformed("a WebSocket begins with GET, HTTP/1.1 and no body")
        }
        try Self.checkVersion(head)
        guard head.count(of: "sec-websocket-key") == 1, let key = head["sec-websocket-key"],
            Self.isKey(key)
        else { throw .malformed("Sec-WebSocket-Key is not 16 bytes in Base64, once") }
        guard head.count(of: "origin") <= 1, isOriginAllowed(head["origin"]) else {
            throw HTTPRefusal(.forbidden, "pages of this origin may not connect; see \"origins\"")
        }
        let offered = head.elements(of: "sec-websocket-protocol")
        guard let subprotocol = subprotocols.first(where: offered.contains) else {
            let names = subprotocols.joined(separator: ", ")
            throw .malformed("Sec-WebSocket-Protocol offers none of: \(names)")
        }
        self.subprotocol = subprotocol
        response = HTTPResponse(.switchingProtocols)
            .adding("Upgrade", "websocket")
            .adding("Sec-WebSocket-Accept", Self.acceptance(of: key))
            .adding("Sec-WebSocket-Protocol", subprotocol)
    }

    private static func checkVersion(_ head: HTTPRequestHead) throws(HTTPRefusal) {
        guard head.count(of: "sec-websocket-version") == 1 else {
            throw .malformed("there is not one Sec-WebSocket-Version")
        }
        guard head["sec-websocket-version"] == "13" else {
            throw HTTPRefusal(.upgradeRequired, "the version spoken here is 13")
        }
    }

    /// Adds to an answer of 426 what the client needs to know.
    package static func explaining(_ response: HTTPResponse) -> HTTPResponse {
        guard response.status == .upgradeRequired else { return response }
        return response.adding("Upgrade", "websocket").adding("Sec-WebSocket-Version", "13")
    }

    /// Returns whether a text is 16 bytes in Base64: 22 digits, the last of which has only two
    /// bits.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[22] == 0x3D, bytes[23] == 0x3D else { return false }
        return bytes[..<22].allSatisfy { byte in
            HTTPCharacters.isDigit(byte) || HTTPCharacters.lowercase(byte) &- 0x61 < 26
                || byte == 0x2B || byte == 0x2F
        }
    }

    /// Returns the proof that a server has understood a key (RFC 6455, 4.2.2).
    static func acceptance(of key: String) -> String {
        let text = Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        unsafe EVP_Digest(text, text.count, &digest, &count, EVP_sha1(), nil)
        var base64 = [UInt8](repeating: 0, count: 32)
        let length = unsafe EVP_EncodeBlock(&base64, digest, Int32(count))
        return String(decoding: base64.prefix(Int(length)), as: UTF8.self)
    }
}
