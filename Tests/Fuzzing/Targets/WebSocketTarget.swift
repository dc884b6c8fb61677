import Sockets

extension FuzzTarget {
    /// Frames of a WebSocket's client.
    static let webSocket = FuzzTarget("websocket") { input in
        let input = CutInput(input)
        let whole = FrameReading([input.bytes])
        try require(
            FrameReading(input.pieces) == whole && FrameReading(input.bytes.map { [$0] }) == whole,
            "frames are read the same however they are cut")
        try require(
            whole.reason.map { (1...123).contains($0.utf8.count) } ?? true,
            "a reason fits into a close")
        for text in whole.texts {
            try require(text.count <= WebSocketReader.usualMaxMessage, "a message has a limit")
            try require(
                String(validating: text, as: UTF8.self) != nil, "a message of text is UTF-8")
        }
        for payload in whole.controls {
            try require(payload.count <= 125, "a control frame is short")
        }
    }
}

/// The events in some pieces of bytes.
private struct FrameReading: Equatable {
    private(set) var texts: [[UInt8]] = []
    private(set) var controls: [[UInt8]] = []
    private(set) var reason: String?
    /// All events, in order.
    private var words: [String] = []

    init(_ pieces: [[UInt8]]) {
        var reader = WebSocketReader()
        for piece in pieces {
            piece.withUnsafeBytes { bytes in
                var input = bytes
                do throws(WebSocketViolation) {
                    while let event = try reader.next(&input) { add(event) }
                } catch {
                    reason = error.reason
                    // It says the same again with each piece.
                    let word = "\(error)"
                    if words.last != word { words.append(word) }
                }
            }
        }
    }

    private mutating func add(_ event: WebSocketReader.Event) {
        words.append("\(event)")
        switch event {
        case .text(let bytes): texts.append(bytes)
        case .ping(let payload), .pong(let payload): controls.append(payload)
        case .binary, .close: break
        }
    }
}
