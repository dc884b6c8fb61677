import Chat
import MessageBus
import TestSupport
import Testing

@testable import WebBridge

@Suite struct WebEventEncoderTests {
    private static let time: Timestamp = 1_700_000_000_000

    private func message(
        _ text: String = "hola", number: MessageNumber = 7, kind: Message.Kind = .message,
        by sender: Sender = .make("ana", bridge: "web"), details: MessageDetails? = nil,
        flags: MessageHeader.Flags = []
    ) -> Message {
        var header = MessageHeader()
        (header.number, header.kind, header.time, header.flags) = (number, kind, Self.time, flags)
        let body = Body(text)
        header.count = UInt32(body.count)
        return Message(
            header: header, sender: sender, body: body, room: "general", details: details, uptime: 0
        )
    }

    /// Returns the JSON of a message, which must be the same from an arena, a message and a list.
    private func json(_ message: Message) throws -> String {
        var listed: [UInt8] = []
        WebEventEncoder.appendListed(message, to: &listed)
        let stream = try #require(transcribed([message], .serverSentEvent).first)
        let parts = stream.split(separator: "\n", maxSplits: 2)
        #expect(parts[0] == "id: \(message.number)")
        #expect(parts[1].hasPrefix("event: "))
        let json = String(decoding: listed, as: UTF8.self)
        #expect(parts[2] == "data: \(json)\n\n")
        let frame = try #require(transcribed([message], .webSocketFrame).first)
        #expect(frame == json)
        return json
    }

    /// Returns what a transcript has of messages: the payloads of frames, or blocks; the same as
    /// from the store.
    private func transcribed(
        _ messages: [Message], _ form: WebEventEncoder.Form, capacity: Int = 64 << 10
    ) -> [String] {
        let encoder = WebEventEncoder(form)
        let transcript = Transcript(capacity: capacity, framing: encoder.framing)
        let arena = MessageArena(messages, in: "general")
        #expect(
            encoder.encode(arena, 0..<arena.count, into: transcript, until: .max) == arena.count)
        var page = EncodedPage(longest: transcript.maxLineBytes)
        for message in messages { page.append(message, as: encoder) }
        var units: [String] = []
        var all: [UInt8] = []
        var at: TranscriptOffset = 0
        while at < transcript.head {
            let end = transcript.endOfLine(at: at)
            let unit = Array(transcript.span(from: at, to: end))
            all += unit
            let header = form == .webSocketFrame ? unit[1] < 126 ? 2 : unit[1] == 126 ? 4 : 10 : 0
            units.append(String(decoding: unit[header...], as: UTF8.self))
            at = end
        }
        #expect(page.bytes == all)
        #expect(UInt64(page.count) == transcript.lines.rawValue)
        return units
    }

    @Test func `a message`() throws {
        #expect(
            try json(message("hola \"mundo\"\nadiós"))
                == #"{"type":"message","number":7,"room":"general","time":1700000000000,"#
                + #""from":"ana","bridge":"web","text":"hola \"mundo\"\nadiós"}"#)
    }

    @Test func `a message that answers, by a session of its own, said earlier`() throws {
        let details = MessageDetails(
            reply: Quotation(number: 3, name: "bob", excerpt: "¿qué?"),
            origin: Origin(session: [UInt8](repeating: 0xAB, count: 32), id: "x\"1"),
            said: 1_600_000_000_000)
        #expect(
            try json(message(details: details))
                == #"{"type":"message","number":7,"room":"general","time":1600000000000,"#
                + #""from":"ana","bridge":"web","text":"hola","#
                + #""reply":{"number":3,"from":"bob","text":"¿qué?"},"id":"x\"1"}"#)
    }

    @Test func `the id of another network is nobody's`() throws {
        let details = MessageDetails(origin: Origin(channel: "-100", remoteID: "12"))
        #expect(try !json(message(details: details)).contains("id\""))
    }

    @Test func `an edit says what it corrects, if that is known`() throws {
        #expect(
            try json(message(kind: .edit, details: MessageDetails(corrected: 5)))
                == #"{"type":"edit","number":7,"room":"general","time":1700000000000,"#
                + #""from":"ana","bridge":"web","text":"hola","of":5}"#)
        #expect(try !json(message(kind: .edit)).contains("\"of\""))
    }

    @Test func `notices`() throws {
        let start =
            #","number":7,"room":"general","time":1700000000000,"from":"ana","bridge":"web""#
        let other = MessageDetails(other: .make("logs"))
        #expect(try json(message("", kind: .join)) == #"{"type":"join""# + start + "}")
        #expect(try json(message("", kind: .leave)) == #"{"type":"leave""# + start + "}")
        #expect(
            try json(message("", kind: .leave, details: other))
                == #"{"type":"leave""# + start + #","to":"logs"}"#)
        #expect(
            try json(message("", kind: .rename, details: other))
                == #"{"type":"rename""# + start + #","to":"logs"}"#)
    }

    @Test func `a deletion`() throws {
        let details = MessageDetails(reply: Quotation(number: 3, name: "", excerpt: ""))
        #expect(
            try json(message("", kind: .deletion, details: details))
                == #"{"type":"delete","number":7,"room":"general","of":3,"from":"ana"}"#)
    }

    @Test func `a whisper is in no room`() throws {
        let details = MessageDetails(other: .make("bob"))
        #expect(
            try json(message(details: details, flags: .isPrivate))
                == #"{"type":"whisper","number":7,"time":1700000000000,"from":"ana","to":"bob","#
                + #""text":"hola"}"#)
    }

    @Test func `a deleted message is in lists alone`() {
        let deleted = message(
            "\n", details: MessageDetails(deleter: "bob"), flags: [.deleted, .hasLines])
        let encoder = WebEventEncoder(.webSocketFrame)
        let transcript = Transcript(capacity: 64 << 10, framing: .webSocketFrames)
        let arena = MessageArena([deleted], in: "general")
        _ = encoder.encode(arena, 0..<1, into: transcript, until: .max)
        #expect(transcript.head == 0)
        var page = EncodedPage(longest: 1_000)
        page.append(deleted, as: encoder)
        #expect(page.bytes.isEmpty && page.count == 1)
        var listed: [UInt8] = []
        WebEventEncoder.appendListed(deleted, to: &listed)
        #expect(
            String(decoding: listed, as: UTF8.self).hasSuffix(
                #""text":"[deleted by bob]","deleted":"bob"}"#))
    }

    @Test func `each length of a text makes a good frame, whatever its header`() {
        for count in Array(0..<40) + Array(100..<180) + [4_000, 15_000] {
            let text = String(repeating: "x", count: count)
            let units = transcribed([message(text), message("next")], .webSocketFrame)
            #expect(units.count == 2)
            #expect(units[0].contains("\"text\":\"\(text)\"}"))
        }
        let long = String(repeating: "y\"", count: 50_000)
        let units = transcribed([message(long)], .webSocketFrame, capacity: 1 << 20)
        #expect(units.first?.utf8.count ?? 0 > 150_000)
    }

    @Test func `a text that is longer than any line is cut between two characters`() {
        for count in 16_000..<16_020 {
            let text =
                String(repeating: "x", count: count % 7) + String(repeating: "ñ", count: count)
            for form in [WebEventEncoder.Form.webSocketFrame, .serverSentEvent] {
                let units = transcribed([message(text)], form)
                #expect(units.count == 1 && units[0].utf8.count <= 16 << 10)
                #expect(units[0].contains("ñ…\"}"))
            }
        }
    }

    @Test func `a frame of one's own is like those of the room`() {
        for count in [0, 1, 125, 126, 65_535, 65_536] {
            let text = [UInt8](repeating: 0x61, count: count)
            let frame = WebSocketTextFrame.make(text)
            var written = [UInt8](repeating: 0, count: count + 10)
            let used = written.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { start in
                    WebSocketTextFrame.write(at: start) { place in
                        text.withUnsafeBytes {
                            UnsafeMutableRawBufferPointer(start: place, count: count)
                                .copyMemory(from: $0)
                        }
                        return count
                    }
                } ?? 0
            }
            #expect(Array(written[..<used]) == frame)
        }
    }
}
