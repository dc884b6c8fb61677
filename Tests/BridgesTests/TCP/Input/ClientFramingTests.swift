import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// The lines that pieces become, for each kind of client: fed whole, byte by byte, split at each
/// index.
@Suite struct ClientFramingTests {
    private static let longest = 40

    /// A client: pieces, and silences between them.
    private struct Client {
        private var framing = ClientFraming(longest: ClientFramingTests.longest)
        private(set) var lines: [String] = []

        mutating func send(_ bytes: [UInt8]) {
            var found: [String] = []
            bytes.withUnsafeBytes { piece in
                if let text = framing.text(of: piece) {
                    text.bytes.withUnsafeBytes {
                        framing.split($0, endsWithReturns: text.endsWithReturns) {
                            found.append(Self.line($0))
                        }
                    }
                } else {
                    framing.split(piece) { found.append(Self.line($0)) }
                }
            }
            lines += found
        }

        mutating func send(_ text: String) { send(Array(text.utf8)) }

        /// Lets `flushAfter` pass, or a long silence.
        ///
        /// - Parameter mayBeOther: whether the pending text may become another protocol's first
        ///   line.
        mutating func pause(forLong isLong: Bool = false, mayBeOther: Bool = false) {
            guard framing.heedsSilence else { return }
            if !isLong, framing.silence != .ends || mayBeOther {
                return framing.markSilence { _ in 0 }
            }
            guard framing.silence != .endsNothing else { return }
            var found: [String] = []
            framing.endBySilence(leaving: { _ in 0 }) { found.append(Self.line($0)) }
            lines += found
        }

        mutating func close() {
            var found: [String] = []
            framing.end { found.append(Self.line($0)) }
            lines += found
        }

        private static func line(_ piece: LineSplitter.Piece) -> String {
            switch piece {
            case .line(let line, _): String(decoding: line.filter { $0 != 0 }, as: UTF8.self)
            case .tooLong: "too long"
            }
        }

        /// The lines that are not empty.
        var texts: [String] { lines.filter { !$0.isEmpty } }
    }

    private static let lineClients: [(text: String, lines: [String])] = [
        ("ana: hola\nana: qué\n", ["ana: hola", "ana: qué"]),
        ("ana: hola\r\nana: qué\r\n", ["ana: hola", "ana: qué"]),
        ("\n\n\r\nana: hola\n", ["ana: hola"]),
        ("uno\n0123456789012345678901234567890123456789x\ndos\n", ["uno", "too long", "dos"]),
        ("uno\n¿ñ?\ndos\n", ["uno", "¿ñ?", "dos"]),
    ]

    @Test(arguments: lineClients.indices)
    func `a client with line endings is read the same however it is split`(sample: Int) {
        let (text, expected) = Self.lineClients[sample]
        let bytes = Array(text.utf8)
        var whole = Client()
        whole.send(bytes)
        whole.pause()
        #expect(whole.texts == expected)
        var drip = Client()
        for byte in bytes { drip.send([byte]) }
        drip.pause()
        #expect(drip.texts == expected)
        for index in bytes.indices {
            var halves = Client()
            halves.send(Array(bytes[..<index]))
            halves.send(Array(bytes[index...]))
            halves.pause()
            #expect(halves.texts == expected, "split at \(index)")
        }
    }

    @Test func `a client without line endings is read the same wherever it is split`() {
        let bytes = Array("ana: ¡hola!".utf8)
        for index in 0...bytes.count {
            var client = Client()
            client.send(Array(bytes[..<index]))
            client.send(Array(bytes[index...]))
            client.pause()
            client.send("ana: qué")
            client.pause()
            #expect(client.lines == ["ana: ¡hola!", "ana: qué"], "split at \(index)")
        }
    }

    @Test(arguments: ["ana: uno\ndos", "ana: uno\r\ndos", "ana: uno\ndos\n"])
    func `a pasted line break does not mute a client whose lines silence ends`(paste: String) {
        var client = Client()
        client.send("ana se ha unido al chat.")
        client.pause()
        client.send(paste)
        client.pause()
        client.send("ana: tres")
        client.pause()
        client.send("k")
        client.pause()
        #expect(
            client.texts == ["ana se ha unido al chat.", "ana: uno", "dos", "ana: tres", "k"])
    }

    @Test func `a line break pasted first is recognised by the silence after it`() {
        var client = Client()
        client.send("ana: uno\nana: dos")
        #expect(client.lines == ["ana: uno"])
        client.pause()
        client.send("ana: tres")
        client.pause()
        #expect(client.lines == ["ana: uno", "ana: dos", "ana: tres"])
        // A piece that ends in LF makes it a line client again.
        client.send("ana: cuatro\n")
        client.send("ana: cin")
        client.pause()
        client.send("co\n")
        #expect(client.lines.suffix(2) == ["ana: cuatro", "ana: cinco"])
    }

    @Test func `half a line of a line client waits for its LF`() {
        var client = Client()
        client.send("ana: uno\n")
        client.send("ana: d")
        client.pause()
        client.send("os")
        client.pause()
        client.send("\nana: tres\n")
        #expect(client.lines == ["ana: uno", "ana: dos", "ana: tres"])
    }

    @Test func `a burst that is cut within a line is put together if it goes on at once`() {
        var client = Client()
        client.send("uno\ndos\ntr")
        client.send("es\n")
        client.pause()
        #expect(client.lines == ["uno", "dos", "tres"])
    }

    @Test(arguments: ["\n", "\r\n", "\r", "\r\0"])
    func `a slow typist is not cut into pieces`(ending: String) {
        var client = Client()
        for text in ["ana: ñandú", "adiós"] {
            for character in text {
                client.send(String(character))
                client.pause()
            }
            client.send(ending)
            client.pause()
        }
        // Keys that came together on a slow line, and an arrow key.
        for keys in ["h", "o", "la", "\u{1B}[A", "s"] {
            client.send(keys)
            client.pause()
        }
        client.send(ending)
        #expect(client.texts == ["ana: ñandú", "adiós", "hola\u{1B}[As"])
    }

    @Test func `a terminal stays one when something is pasted into it`() {
        var client = Client()
        for key in "ana: " {
            client.send(String(key))
            client.pause()
        }
        client.send("pegado\ny mas")
        client.pause()
        client.send("!")
        client.pause()
        client.send("\n")
        #expect(client.texts == ["ana: pegado", "y mas!"])
    }

    /// Pastes that let silence end a line of a terminal.
    private static let pastes: [[String]] = [
        ["ana: pegado", "\r\n"], ["ana: pegado", "\n"], ["ana: pegado", "\r"],
        ["ana: pegado", "\r\0"], ["ana: pegado", "\r", "\n"], ["ana: pegado", "!\r\n"],
        ["ana:\r\n", "uno\r\ndos"], ["ana: uno\r\ndos"], ["ana:\r", "uno\rdos"],
        ["ana: pegado", "\r\n", "uno\r\ndos"], ["ana: a", "\r\n", "ana: b", "\r\n"],
        ["ana: pegado", "\r\notra cosa"], ["ana: pegado", "\r\n", "otra cosa"],
    ]

    @Test(arguments: pastes, ["\r\n", "\n", "\r", "\r\0"])
    func `a slow typist is not cut after something was pasted`(paste: [String], ending: String) {
        var client = Client()
        for piece in paste {
            client.send(piece)
            client.pause()
        }
        let count = client.texts.count
        // A CR ends lines only where there was never an LF.
        // Bytes are compared: "\r\n" is one character, and not the one that "\n" is.
        let newline = UInt8(ascii: "\n")
        let ending =
            paste.joined().utf8.contains(newline) && !ending.utf8.contains(newline) ? "\n" : ending
        for text in ["sí", "hola", "adiós"] {
            for character in text {
                client.send(String(character))
                client.pause()
            }
            client.send(ending)
            client.pause()
        }
        #expect(client.texts.dropFirst(count) == ["sí", "hola", "adiós"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `an ending and the key behind it may come together`(ending: String) {
        var client = Client()
        for piece in ["ana: pegado", ending + "h", "o", "l", "a", ending + "s", "í", ending] {
            client.send(piece)
            client.pause()
        }
        #expect(client.texts == ["ana: pegado", "hola", "sí"])
    }

    @Test(arguments: ["\n", "\r\n", "ana: uno\ndos", "uno\n", "uno\ndos\n"])
    func `a line break in a client without line endings makes no terminal of it`(paste: String) {
        var client = Client()
        for piece in ["ana: hola", paste] {
            client.send(piece)
            client.pause()
        }
        let count = client.texts.count
        for text in ["ana: tres", "k", "ana: cuatro", "ana: cinco", "k", "l", "ana: seis"] {
            client.send(text)
            client.pause()
        }
        client.pause(forLong: true)
        #expect(
            client.texts.dropFirst(count)
                == ["ana: tres", "k", "ana: cuatro", "ana: cinco", "k", "l", "ana: seis"])
    }

    @Test func `single characters of a client without line endings are lines of their own`() {
        for first in [["k"], ["ñ"], ["k", "s"], ["👋", "k", "ñ"]] {
            var client = Client()
            for text in first + ["ana: hola"] {
                client.send(text)
                client.pause()
            }
            #expect(client.lines == first + ["ana: hola"])
            // At the end of the stream the last silence is not needed.
            var closed = Client()
            for text in first {
                closed.send(text)
                closed.pause()
            }
            closed.send("ana: hola")
            closed.close()
            #expect(closed.lines == first + ["ana: hola"])
            // An ending shows that they were keys.
            var typed = Client()
            for text in first {
                typed.send(text)
                typed.pause()
            }
            typed.send("\n")
            #expect(typed.lines == [first.joined()])
        }
    }

    @Test func `text after a long silence of an undecided client is a line of its own`() {
        var client = Client()
        for text in ["ana: hola", "\n", "ana: dos", "k"] {
            client.send(text)
            client.pause()
        }
        #expect(client.texts == ["ana: hola", "ana: dos"])
        client.pause(forLong: true)
        client.send("s")
        client.pause()
        #expect(client.texts == ["ana: hola", "ana: dos", "k", "s"])
    }

    @Test func `text held as another protocol's possible beginning is cut where silence fell`() {
        var client = Client()
        for text in ["Post ", "/who", "GE"] {
            client.send(text)
            client.pause(mayBeOther: true)
        }
        #expect(client.lines.isEmpty)
        client.pause(forLong: true)
        #expect(client.lines == ["Post ", "/who", "GE"])
    }

    @Test func `a CR alone ends a line until an LF has come`() {
        var client = Client()
        client.send("ana: uno\rana: dos\r")
        #expect(client.lines == ["ana: uno", "ana: dos"])
        client.send("tr\res\n")
        client.send("cua\r")
        client.send("tro\n")
        #expect(client.texts == ["ana: uno", "ana: dos", "tr\res", "cua\rtro"])
        var split = Client()
        split.send("ana: uno\r")
        split.send("\nana: dos\r")
        split.send("\n")
        #expect(split.texts == ["ana: uno", "ana: dos"])
        var silent = Client()
        silent.send("ana: uno\rana: dos")
        silent.pause()
        #expect(silent.texts == ["ana: uno", "ana: dos"])
    }

    @Test func `a line too long without an ending is skipped up to the silence`() {
        var client = Client()
        client.send("ana: hola")
        client.pause()
        client.send(String(repeating: "x", count: 100))
        client.send("ana: todavía")
        client.pause()
        client.send("ana: ya")
        client.pause()
        #expect(client.lines == ["ana: hola", "too long", "ana: ya"])
    }

    @Test(arguments: Seeded.some)
    func `whatever comes, no byte is lost, doubled or moved`(seed: UInt64) {
        var random = Seeded(seed)
        var client = Client()
        let pieces = ["a", "bc", "\n", "d\ne", "ñ", "f\n", "ghi"]
        var sent = ""
        for _ in 0..<200 {
            let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
            sent += piece
            client.send(piece)
            if random.chance(30) {
                client.pause(forLong: random.chance(30), mayBeOther: random.chance(30))
            }
        }
        client.close()
        #expect(!client.lines.contains("too long"))
        #expect(client.lines.joined() == sent.replacing("\n", with: ""))
    }
}
