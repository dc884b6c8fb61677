import TestSupport
import Testing

@testable import IRC

@Suite struct IRCMessageTests {
    private static func read(_ line: String) throws -> IRCMessage {
        try #require(IRCMessage(line.utf8))
    }

    @Test func `a line has tags, a source, a command and parameters`() throws {
        let message = try Self.read(#"@a=1;b=x\:\s\\\r\n\q\;c :ana!u@h privmsg #x  :: hola  a "#)
        #expect(message.tags == ["a": "1", "b": "x; \\\r\nq", "c": ""])
        #expect(message.source == IRCSource(nick: "ana", user: "u", host: "h"))
        #expect(message.command == "PRIVMSG")
        #expect(message.parameters == ["#x", ": hola  a "])
    }

    @Test(arguments: ["", " ", "@a", "@a ", ":x", "@a :x ", "@a=b  "])
    func `a line without a command is none`(line: String) {
        #expect(IRCMessage(line.utf8) == nil)
    }

    @Test func `what follows the fourteenth parameter is one`() throws {
        let message = try Self.read("X 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 :17")
        #expect(message.parameters.count == 15)
        #expect(message.parameters.last == "15 16 :17")
    }

    @Test(arguments: [
        "PING", "PING a", "PRIVMSG #a ::", "PRIVMSG #a :", "PRIVMSG #a :a b",
        #"@a=\\s;+draft/reply=7 :a!b@c TAGMSG x"#, ":server 001 ana :Hola, ana",
    ])
    func `a line is written as it was read`(line: String) throws {
        #expect(try Self.read(line).bytes == Array("\(line)\r\n".utf8))
    }

    @Test func `nothing begins a line of its own`() {
        let message = IRCMessage(
            "PRIVMSG", ["#a", "x\r\nQUIT\0"], tags: ["t": "\r\n; \\\0"])
        #expect(message.bytes == Array("@t=\\r\\n\\:\\s\\\\ PRIVMSG #a xQUIT\r\n".utf8))
    }

    @Test func `rubbish is read and written without a trap`() {
        var random = Seeded(1)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Array("@:; =\\!a\u{3}1,\u{FF}".utf8).randomElement(using: &random) ?? 0
            }
            guard let message = IRCMessage(bytes) else { continue }
            #expect(message.bytes.suffix(2) == [13, 10])
            _ = IRCFormatting.remove(from: message.parameters.last ?? "")
        }
    }

    @Test(arguments: [
        ("ana", "ana"), ("ana!u@h", "ana!u@h"), ("ana@h", "ana@h"), ("ana!u", "ana!u"),
        ("a!b@c@d", "a!b@c@d"), ("irc.example.org", "irc.example.org"),
    ])
    func `a source is written as it was read`(text: String, written: String) {
        #expect(IRCSource(text).description == written)
    }

    @Test func `names are compared as the server does`() {
        #expect(IRCCaseMapping.ascii.key(of: "A[]\\~É") == "a[]\\~É")
        #expect(IRCCaseMapping.rfc1459.key(of: "A[]\\~É") == "a{}|^É")
        #expect(IRCCaseMapping.strictRFC1459.key(of: "A[]\\~É") == "a{}|~É")
    }

    @Test(arguments: [
        ("\u{2}a\u{2} \u{1D}b\u{F}", "a b"), ("\u{3}4,12x", "x"), ("\u{3}4,x", ",x"),
        ("\u{3}123", "3"), ("\u{3},5", ",5"), ("\u{4}ff00FF,00aa00x", "x"), ("\u{4}ff", "ff"),
        ("ñ \u{1F}日\u{16}", "ñ 日"), ("plain", "plain"),
    ])
    func `formatting is removed`(text: String, plain: String) {
        #expect(IRCFormatting.remove(from: text) == plain)
    }
}
