/// The encoder of answers: the one place where the fields that all of them have are added.
///
/// Confined to the loop.
struct HTTPResponseEncoder {
    /// The fate of the connection behind an answer.
    enum Connection {
        /// It waits for the next request.
        case keptAlive
        /// As `keptAlive`; a client of HTTP/1.0 has to be told.
        case keptAliveVersion10
        /// It closes.
        case closed
        /// It is taken over for another protocol, whose fields the answer has; it has no body.
        case upgraded
        /// It is taken over: the body comes later and ends with the connection.
        case streamed
    }

    private var date = HTTPDate()

    /// Appends the header of an answer, and the empty line behind it.
    ///
    /// - Parameters:
    ///   - isEncrypted: whether the client speaks TLS, to us or to its proxy.
    ///   - time: the present moment of the wall clock.
    mutating func appendHeader(
        of response: HTTPResponse, to bytes: inout [UInt8], _ connection: Connection,
        isEncrypted: Bool, at time: Timestamp
    ) {
        bytes.append("HTTP/1.1 \(response.status.code) ")
        bytes.append(response.status.reason)
        bytes.append("\r\nDate: ")
        bytes.append(contentsOf: date.bytes(at: time))
        bytes.append("\r\n")
        bytes.append(contentsOf: SecurityFields.always)
        if isEncrypted { bytes.append(contentsOf: SecurityFields.encrypted) }
        switch connection {
        // `Upgrade` is about this connection only, and has to be announced as such (RFC 9110, 7.8).
        case .keptAlive:
            if response.status == .upgradeRequired { bytes.append("Connection: Upgrade\r\n") }
        case .keptAliveVersion10: bytes.append("Connection: keep-alive\r\n")
        case .closed, .streamed: bytes.append("Connection: close\r\n")
        case .upgraded: bytes.append("Connection: Upgrade\r\n")
        }
        if !response.status.forbidsBody, connection.hasLength, !response.isStream {
            bytes.append("Content-Length: \(response.body.count)\r\n")
        }
        if response.status.code >= 200 {
            appendField("Cache-Control", "\(response.cacheControl)", to: &bytes)
        }
        if let type = response.contentType { appendField("Content-Type", type, to: &bytes) }
        for field in response.fields { appendField(field.name, field.value, to: &bytes) }
        bytes.append("\r\n")
    }

    private func appendField(_ name: StaticString, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(name)
        bytes.append(": ")
        // A line ending would begin another field, or another answer.
        for byte in value.utf8 { bytes.append(HTTPCharacters.isFieldValue(byte) ? byte : 0x20) }
        bytes.append("\r\n")
    }
}

extension HTTPResponseEncoder.Connection {
    fileprivate var hasLength: Bool {
        switch self {
        case .keptAlive, .keptAliveVersion10, .closed: true
        case .upgraded, .streamed: false
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        unsafe append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(_ text: String) { append(contentsOf: text.utf8) }
}
