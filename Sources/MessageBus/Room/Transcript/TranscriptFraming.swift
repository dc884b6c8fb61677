/// The form in which a transcript's units, its lines, follow one another.
package enum TranscriptFraming: Sendable {
    /// Each ends with an LF.
    case lines
    /// Each is a WebSocket frame as a server sends it (RFC 6455, section 5.2): not masked, so that
    /// all readers can share it. Its header says how long it is.
    case webSocketFrames
    /// Each ends with an empty line, as an event of a server-sent stream does.
    case blocks
}
