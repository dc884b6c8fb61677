import Chat
import MessageBus
import Sockets

@testable import TCPBridge

extension FuzzTarget {
    /// The bytes of a chat client: Telnet, line endings, silences, and the meaning of each line.
    static let lines = FuzzTarget("lines") { input in
        let input = CutInput(input)
        let whole = ReceivedLines([input.bytes])
        if Self.isCutAnywhere(input.bytes) {
            try require(
                ReceivedLines(input.pieces) == whole
                    && ReceivedLines(input.bytes.map { [$0] }) == whole,
                "any input, split at any byte, gives the same lines")
        }
        let received = ReceivedLines(input.pieces, input.pause)
        if !received.hasTooLong {
            try require(
                received.text
                    == received.lines.flatMap { $0 }.filter { !ReceivedLines.isEnding($0) },
                "no silence loses, repeats or moves a byte")
        }
        for line in whole.lines + received.lines { try LineMeaning.check(line) }
    }

    /// Returns true if the lines of a client do not depend on the pieces in which they come.
    ///
    /// A CR alone is an ending until an LF comes, and the LF may come in the same piece or in a
    /// later one.
    private static func isCutAnywhere(_ bytes: [UInt8]) -> Bool {
        var telnet = TelnetFilter()
        let text = bytes.withUnsafeBytes { telnet.text(of: $0) }
        guard let ending = text.firstIndex(of: 0x0A) else { return true }
        return !text[..<ending].dropLast().contains(0x0D)
    }
}

/// The lines that a client's pieces become.
private struct ReceivedLines: Equatable {
    /// The lines with something in them, and the beginnings of those that are too long.
    private(set) var lines: [[UInt8]] = []
    /// True if one was too long.
    private(set) var hasTooLong = false
    /// The bytes that came, without Telnet's commands and line endings.
    private(set) var text: [UInt8] = []

    /// The longest line, the least that "maxLine" may be: a fuzzer finds longer ones soon.
    static let longest = 64

    /// Receives pieces; ends the stream behind the last one.
    init(_ pieces: [[UInt8]], _ pause: CutInput.Pause = .none) {
        var framing = ClientFraming(longest: Self.longest)
        var telnet = TelnetFilter()
        for piece in pieces {
            piece.withUnsafeBytes { piece in
                text += telnet.text(of: piece).filter { !Self.isEnding($0) }
                if framing.isHeldForSilence { framing.endAtMarks { append($0) } }
                if let text = framing.text(of: piece) {
                    text.bytes.withUnsafeBytes {
                        framing.split($0, endsWithReturns: text.endsWithReturns) { append($0) }
                    }
                } else {
                    framing.split(piece) { append($0) }
                }
            }
            fall(silent: pause, &framing)
        }
        framing.end { append($0) }
    }

    /// Returns true for LF and CR.
    static func isEnding(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// Lets a silence pass, as `ChatInput` does.
    private mutating func fall(silent pause: CutInput.Pause, _ framing: inout ClientFraming) {
        guard pause != .none, framing.heedsSilence else { return }
        if framing.silence != .ends
            || pause == .silence && framing.withPending({ $0.first == 0x47 })
        {
            framing.markSilence(leaving: Self.cutOff)
            if framing.silence == .endsNothing || pause == .silence { return }
        }
        framing.endBySilence(leaving: Self.cutOff) { append($0) }
    }

    private static func cutOff(_ text: UnsafeRawBufferPointer) -> Int {
        if case .cutOff = TextEncoding(text) { text.count } else { 0 }
    }

    private mutating func append(_ piece: LineSplitter.Piece) {
        switch piece {
        case .line(let line, _): if !line.isEmpty { lines.append(Array(line)) }
        case .tooLong(let beginning):
            hasTooLong = true
            lines.append(Array(beginning))
        }
    }
}
