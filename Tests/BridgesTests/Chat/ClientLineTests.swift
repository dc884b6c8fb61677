import MessageBus
import Testing

@testable import Chat

@Suite struct ClientLineTests {
    private let grammar = LineGrammar(Phrases(.es))

    /// Returns the meaning in one string, so that a table can be read: `enter ana, say hola`.
    private func meaning(
        of line: String, from name: String? = nil, in language: Language = .es
    ) throws -> String {
        let bytes = Array(line.utf8)
        let name = try name.map { raw throws in try Name(raw) }
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        func describe(_ content: ClientLine.Content) -> String {
            switch content {
            case .nothing: "nothing"
            case .say(let range): "say \(text(range))"
            case .command(let verb, let arguments): "do \(text(verb))|\(text(arguments))"
            case .line(let range): "then \(text(range))"
            }
        }
        let grammar = LineGrammar(Phrases(language))
        return switch bytes.withUnsafeBytes({ grammar.meaning(of: $0, from: name) }) {
        case .content(let content): describe(content)
        case .enter(let name, let content): "enter \(name.text), \(describe(content))"
        case .leave: "leave"
        case .nameless(.text): "need-name"
        case .nameless(.missingSpace): "missing-space"
        case .refused(let problem): "bad-name \(problem)"
        }
    }

    @Test(arguments: [
        ("ana: hola", "enter ana, say hola"), ("ana: ", "enter ana, nothing"),
        ("ana:", "enter ana, nothing"), ("ana:   ", "enter ana, nothing"),
        ("ana:  hola", "enter ana, say  hola"), ("ana maría: a: b", "enter ana maría, say a: b"),
        ("ana: /who", "enter ana, do who|"),
        ("ana: /msg bob  hola ", "enter ana, do msg|bob  hola"),
        ("ana: //x", "enter ana, say /x"), ("Jose\u{301}: hola", "enter José, say hola"),
        ("ana: bob se ha unido al chat.", "enter ana, say bob se ha unido al chat."),
        ("ana se ha unido al chat.", "enter ana, nothing"),
        ("/help", "do help|"), ("/nick ana", "do nick|ana"), ("/nick a: b", "do nick|a: b"),
        ("/", "do |"), ("/ x", "do |x"), (" /who", "do who|"), (" //x", "need-name"),
        (" /x: y", "bad-name misplacedSpace"), ("/who\tx", "do who|x"), ("//x", "need-name"),
        ("//x: y", "bad-name leadingSign(\"/\")"),
        ("/x: y", "bad-name leadingSign(\"/\")"), ("/msg bob: x", "do msg|bob: x"),
        ("hola", "need-name"), ("ana:hola", "missing-space"), ("ana :hola", "missing-space"),
        ("a(b:hola", "need-name"), ("ana\u{A0}: hola", "enter ana, say hola"),
        ("zoe se ha unido al chat.zoe: hola", "enter zoe, then zoe: hola"),
        (
            "zoe se ha unido al chat. zoe ha abandonado el chat.",
            "enter zoe, then zoe ha abandonado el chat."
        ),
        ("zoe se ha unido al chat. ", "enter zoe, nothing"),
        ("http://x", "need-name"), ("ana ha abandonado el chat.", "need-name"),
        (" se ha unido", "need-name"), ("ana joined the chat.", "need-name"),
        ("ana SE HA UNIDO AL CHAT.", "need-name"), ("", "nothing"), (" \u{3000}\t", "nothing"),
        ("a:b: hola", "bad-name reserved(\":\")"), ("a:b:", "bad-name reserved(\":\")"),
        ("a:b se ha unido al chat.", "bad-name reserved(\":\")"), (": hola", "bad-name empty"),
        (" ana: hola", "bad-name misplacedSpace"), (":", "bad-name empty"),
        ("servidor: hola", "bad-name server"), ("Server se ha unido al chat.", "bad-name server"),
        ("#1: x", "bad-name leadingSign(\"#\")"), ("／x: y", "bad-name leadingSign(\"/\")"),
        (" se ha unido al chat.", "bad-name empty"),
        ("(x) se ha unido al chat.", "bad-name reserved(\"(\")"),
        ("x ahora es y: hola", "bad-name notice"), ("ana  : hola", "enter ana, say hola"),
        ("ana : hola", "enter ana, say hola"),
    ])
    func `a client without a name enters with one`(line: String, expected: String) throws {
        #expect(try meaning(of: line) == expected)
    }

    @Test(arguments: [
        ("hola", "say hola"), ("ana: hola", "say hola"), ("Ana: hola", "say hola"),
        ("ＡＮＡ: hola", "say hola"), ("ana:", "nothing"), ("ANA:", "nothing"), ("ana: ", "nothing"),
        ("ana: ana: hola", "say ana: hola"), ("bob: hola", "say bob: hola"), ("ana:x", "say x"),
        ("ana : x", "say x"), ("ana :x", "say x"), ("ana:/who", "do who|"),
        ("ana://x", "say ana://x"),
        ("<ana> x", "say x"), ("[ANA] x", "say x"), ("[ana]: x", "say x"), ("<ana>x", "say x"),
        ("<ana> /who", "do who|"), ("<bob> x", "say <bob> x"), ("[bob] x", "say [bob] x"),
        ("<ana] x", "say <ana] x"), ("<ana>", "nothing"), ("bob : x", "say bob : x"),
        ("ana se ha unido al chat.ana: x", "then ana: x"),
        ("ana se ha unido al chat.ana se ha unido al chat. x", "then x"),
        ("bob se ha unido al chat.ana: x", "say bob se ha unido al chat.ana: x"),
        ("ana: bob se ha unido al chat.", "say bob se ha unido al chat."),
        ("ana: ana ha abandonado el chat.", "say ana ha abandonado el chat."),
        ("bob ha abandonado el chat.", "say bob ha abandonado el chat."),
        ("bob se ha unido al chat.", "say bob se ha unido al chat."),
        ("ana se ha unido al chat.", "nothing"), ("ＡＮＡ se ha unido al chat.", "nothing"),
        ("ana ha abandonado el chat.", "leave"), ("ANA ha abandonado el chat.", "leave"),
        ("ana left the chat.", "say ana left the chat."), ("/quit", "do quit|"),
        ("ana: /quit", "do quit|"), ("ANA: /msg bob x", "do msg|bob x"), ("//x", "say /x"),
        ("ana: //x", "say /x"), ("//", "say /"), ("bob: /quit", "say bob: /quit"),
        (" /quit", "do quit|"), ("ana:  /quit", "do quit|"), ("/msg ana: x", "do msg|ana: x"),
        ("\t\u{3000}/msg bob x", "do msg|bob x"), (" //x", "say /x"), (" /", "do |"),
        ("", "nothing"), ("  ", "nothing"), (":", "say :"), (": x", "say : x"),
        ("servidor: [ok] x", "say servidor: [ok] x"), ("an\u{200B}a: x", "say an\u{200B}a: x"),
        (" ha abandonado el chat.", "say  ha abandonado el chat."), ("hola ", "say hola "),
        ("/msg  bob \u{3000}", "do msg|bob"), ("аna: x", "say аna: x"),
    ])
    func `a client with a name speaks as nobody else`(line: String, expected: String) throws {
        #expect(try meaning(of: line, from: "ana") == expected)
    }

    @Test(arguments: [
        ("josé: hola", "say hola"), ("Jose\u{301}: hola", "say hola"), ("JOSÉ:", "nothing"),
        ("jose: hola", "say jose: hola"), ("JOSÉ ha abandonado el chat.", "leave"),
    ])
    func `a name that is not ASCII is recognised in any form`(line: String, expected: String) throws
    {
        #expect(try meaning(of: line, from: "José") == expected)
    }

    @Test func `notices are understood in the configured language only`() throws {
        #expect(try meaning(of: "ana joined the chat.", in: .en) == "enter ana, nothing")
        #expect(try meaning(of: "ana left the chat.", from: "ana", in: .en) == "leave")
        #expect(try meaning(of: "ana se ha unido al chat.", in: .en) == "need-name")
    }

    @Test func `a name that is too long is refused before it is composed`() throws {
        let line = String(repeating: "é", count: 4000) + ": x"
        #expect(try meaning(of: line) == "bad-name tooLong")
        #expect(try meaning(of: line, from: "ana") == "say \(line)")
    }

    @Test func `random lines of a named client are never said in another's name`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomNames(seed: seed)
        let name = try Name("Na ñ")
        for _ in 0..<5_000 {
            let rest = random.text(upTo: 12)
            let line = Array((Bool.random(using: &random) ? "Na ñ: " + rest : rest).utf8)
            switch line.withUnsafeBytes({ grammar.meaning(of: $0, from: name) }) {
            case .content(.say(let range)):
                // Only one's own prefix and one slash may be missing.
                #expect(range.upperBound == line.count && !range.isEmpty, "seed \(seed)")
                let gone = String(decoding: line[..<range.lowerBound], as: UTF8.self)
                let bare = gone.filter { !$0.isWhitespace && !"/<[".contains($0) }
                let key = name.key.filter { !$0.isWhitespace }
                let isOwn = bare.isEmpty || NameFolding.key(bare).hasPrefix(key)
                #expect(isOwn, "seed \(seed): \(gone)")
            case .content, .leave: break
            case .enter, .nameless, .refused: Issue.record("seed \(seed)")
            }
        }
    }
}
