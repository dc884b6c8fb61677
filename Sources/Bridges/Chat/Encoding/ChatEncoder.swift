import MessageBus
import Sockets

/// The encoder of messages as lines of the chat protocol, in one language.
package struct ChatEncoder: TranscriptEncoder {
    private let phrases: Phrases

    /// Makes an encoder with the sentences of a language.
    package init(_ phrases: Phrases) { self.phrases = phrases }

    /// Encodes messages into a transcript, and returns the index of the first one that did not fit.
    package func encode(
        _ arena: MessageArena, _ range: Range<Int>, into transcript: Transcript,
        until limit: TranscriptOffset
    ) -> Int {
        var next = range.lowerBound
        while next < range.upperBound {
            next = transcript.appendPlainLines(of: arena, next..<range.upperBound, until: limit)
            if next == range.upperBound || transcript.head >= limit { break }
            encode(arena.message(at: next), into: transcript)
            next += 1
        }
        return next
    }

    private func encode(_ message: Message, into transcript: Transcript) {
        var bytes: [UInt8] = []
        append(message, to: &bytes)
        let connectionID = message.kind == .message ? message.header.connectionID : 0
        (transcript.firstNumber, transcript.number) = (message.number, message.number)
        unsafe bytes.withUnsafeBytes { bytes in
            var start = 0
            while let end = bytes.offset(of: lineFeed, from: start) {
                if start > 0 { transcript.recordContinuation() }
                transcript.isInMessage = end + 1 < bytes.count
                let line = bytes.part(start..<end)
                let cut = Self.fittingCount(of: line, within: transcript.maxLineBytes - 4)
                let ending: [UInt8] = cut < line.count ? Array("…\n".utf8) : [lineFeed]
                unsafe transcript.write(atMost: cut + 4, lines: 1, connectionID: connectionID) {
                    place in
                    unsafe ending.withUnsafeBytes { ending in
                        unsafe UnsafeMutableRawBufferPointer(start: place, count: cut + 4)
                            .copyMemory(from: line.part(..<cut))
                        unsafe UnsafeMutableRawBufferPointer(start: place + cut, count: 4)
                            .copyMemory(from: ending)
                    }
                    return cut + ending.count
                }
                start = end + 1
            }
        }
    }

    /// Appends a message's lines, each with its ending; nothing for a deleted message or a
    /// deletion.
    package func append(_ message: Message, to bytes: inout [UInt8]) {
        switch message.kind {
        case .join: append(phrases.joined(message.sender.name), to: &bytes)
        case .leave:
            append(phrases.left(message.sender.name, for: message.destination), to: &bytes)
        case .rename:
            append(
                phrases.renamed(message.sender.name, to: message.other?.name ?? ""), to: &bytes)
        case .message, .edit: if !message.header.isDeleted { appendText(message, to: &bytes) }
        case .deletion: break
        }
    }

    private func append(_ line: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: line.utf8)
        bytes.append(lineFeed)
    }

    private func appendText(_ message: Message, to bytes: inout [UInt8]) {
        var prefix = unsafe Array(message.sender.prefix)
        if message.isPrivate, let other = message.other {
            prefix = Array(
                phrases.privateHeading(from: message.sender.name, to: other.name).utf8)
        }
        var first = prefix
        if let reply = message.reply {
            first.append(contentsOf: "[↩ \(reply.name): \(reply.excerpt)] ".utf8)
        }
        if message.kind == .edit { first.append(contentsOf: "[✎] ".utf8) }
        unsafe message.body.withBytes { text in
            var start = 0
            while start <= text.count {
                let end = text.offset(of: lineFeed, from: start) ?? text.count
                bytes.append(contentsOf: start == 0 ? first : prefix)
                unsafe bytes.append(contentsOf: text.part(start..<end))
                bytes.append(lineFeed)
                start = end + 1
            }
        }
    }

    /// Returns how many bytes of a line fit without cutting a character in two.
    @safe static func fittingCount(of line: UnsafeRawBufferPointer, within count: Int) -> Int {
        guard line.count > count else { return line.count }
        var cut = count
        while cut > 0, unsafe line[cut] & 0xC0 == 0x80 { cut -= 1 }
        return cut
    }

    private var lineFeed: UInt8 { 0x0A }
}
