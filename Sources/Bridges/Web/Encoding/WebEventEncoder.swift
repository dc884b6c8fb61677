import Chat
import MessageBus

/// The encoder of a room's events as JSON: for WebSockets, for streams of server-sent events, and
/// bare for answers.
package struct WebEventEncoder: MessageEncoder {
    /// The form around each event.
    package enum Form: Sendable {
        /// A text frame (RFC 6455), not masked, for everybody alike.
        case webSocketFrame
        /// An event of a stream: `id` the number, `event` the type, `data` the JSON.
        case serverSentEvent
    }

    /// The form around each event.
    package let form: Form

    /// Makes an encoder.
    package init(_ form: Form) { self.form = form }

    /// The form of transcripts that it writes.
    package var framing: TranscriptFraming {
        switch form {
        case .webSocketFrame: .webSocketFrames
        case .serverSentEvent: .blocks
        }
    }

    /// Encodes messages into a transcript, and returns the index of the first one that did not fit.
    package func encode(
        _ arena: MessageArena, _ range: Range<Int>, into transcript: Transcript,
        until limit: TranscriptOffset
    ) -> Int {
        var next = range.lowerBound
        while next < range.upperBound, transcript.head < limit {
            var event = unsafe WebEvent(next, in: arena)
            next += 1
            guard event.isShown else { continue }
            let size = size(of: &event, within: transcript.maxLineBytes)
            (transcript.firstNumber, transcript.number) = (event.number, event.number)
            unsafe transcript.write(atMost: size, lines: 1, connectionID: 0) {
                unsafe write(event, at: $0)
            }
        }
        return next
    }

    /// Appends an event as a room's readers get it.
    package func append(_ message: Message, longest: Int, to bytes: inout [UInt8]) {
        var event = unsafe WebEvent(message, isListed: false)
        guard event.isShown else { return }
        let size = size(of: &event, within: longest)
        unsafe Self.append(atMost: size, to: &bytes) { unsafe write(event, at: $0) }
    }

    /// Returns one: each event is one frame.
    package func lineCount(ofDeleted message: Message) -> Int { 1 }

    /// Appends a message's JSON alone, as an element of a list of earlier messages; a deleted
    /// message says who deleted it.
    package static func appendListed(_ message: Message, to bytes: inout [UInt8]) {
        let event = unsafe WebEvent(message, isListed: true)
        unsafe append(atMost: event.size(), to: &bytes) { place in
            var json = unsafe JSONBytes(at: place)
            event.write(into: &json)
            return unsafe json.place - place
        }
    }

    /// The most bytes that a form puts around the JSON: a frame's header, or `id`, `event` and
    /// `data`.
    private static let formBytes = 96

    private func size(of event: inout WebEvent, within longest: Int) -> Int {
        let size = Self.formBytes + event.size()
        guard size > longest else { return size }
        event.cut(to: longest - Self.formBytes)
        return longest
    }

    private static func append(
        atMost size: Int, to bytes: inout [UInt8], _ write: (UnsafeMutableRawPointer) -> Int
    ) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: size))
        let used = unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe write($0 + start) } ?? 0
        }
        bytes.removeLast(size - used)
    }

    private func write(_ event: WebEvent, at place: UnsafeMutableRawPointer) -> Int {
        switch form {
        case .webSocketFrame:
            return unsafe WebSocketTextFrame.write(at: place) { place in
                var json = unsafe JSONBytes(at: place)
                event.write(into: &json)
                return unsafe json.place - place
            }
        case .serverSentEvent:
            var json = unsafe JSONBytes(at: place)
            json.write("id: ")
            json.write(event.number)
            json.write("\nevent: ")
            json.write(event.type)
            json.write("\ndata: ")
            event.write(into: &json)
            json.write("\n\n")
            return unsafe json.place - place
        }
    }
}
