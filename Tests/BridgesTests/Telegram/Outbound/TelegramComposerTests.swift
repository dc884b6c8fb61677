import JSON
import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

@Suite struct TelegramComposerTests {
    private let composer = TelegramComposer(phrases: Phrases(.es), format: "{name}: {text}")

    private func message(_ text: String, _ change: (inout Draft) -> Void = { _ in }) async throws
        -> Message
    {
        let test = try TestBus(namePolicy: .chat(.es))
        let port = await test.port("chat", senderFormat: "{name}")
        var draft = Draft(text, from: "ana")
        change(&draft)
        let reader = await test.port("reader")
        try await port.publish(draft)
        var messages = reader.messages.makeAsyncIterator()
        return try #require(await messages.next())
    }

    @Test func `a name has the mark of relays, one that is quoted has none`() async throws {
        let answer = try await message("sí\nno") {
            $0.reply = Quotation(number: 3, name: "bob", excerpt: "l\u{200B}uz: ¿vienes?")
        }
        #expect(
            composer.lines(of: answer, quotes: true) == [
                "a\u{200B}na: [↩ bob: luz: ¿vienes?] sí", "a\u{200B}na: no",
            ])
        #expect(composer.relayedLine(in: "a\u{200B}na: sí")?.name == "ana")
        let messages = [try await message("hola"), try await message("adiós")]
        for quote in ["a\u{200B}na: adiós", "ana: adiós"] {
            #expect(composer.index(of: .object(["text": .text(quote)]), in: messages) == 1)
        }
    }

    @Test func `every line has the name in front`() async throws {
        let lines = composer.plainLines(of: try await message("uno\ndos\n\ntres"), quotes: true)
        #expect(lines == ["ana: uno", "ana: dos", "ana: ", "ana: tres"])
    }

    @Test func `answers and corrections say so on the first line`() async throws {
        let answer = try await message("sí\nno") {
            $0.reply = Quotation(number: 3, name: "bob", excerpt: "¿vienes?")
        }
        #expect(
            composer.plainLines(of: answer, quotes: true)
                == ["ana: [↩ bob: ¿vienes?] sí", "ana: no"])
        #expect(composer.plainLines(of: answer, quotes: false) == ["ana: sí", "ana: no"])
        let edit = try await message("hola") { $0.kind = .edit }
        #expect(composer.plainLines(of: edit, quotes: true) == ["ana: [✎] hola"])
    }

    @Test func `nothing in a name or a text is filled in`() async throws {
        let odd = TelegramComposer(phrases: Phrases(.es), format: "<{name}> {text}")
        let lines = odd.plainLines(
            of: try await message("{name} {text}") { $0.name = "{text}" }, quotes: true)
        #expect(lines == ["<{text}> {name} {text}"])
    }

    @Test func `a name calls nobody`() async throws {
        #expect(TelegramComposer.withoutMentions("a@bob") == "a@\u{2060}bob")
        let message = try await message("hola @luz") { $0.name = "ana@eva" }
        #expect(
            composer.plainLines(of: message, quotes: true) == ["ana@\u{2060}eva: hola @\u{2060}luz"]
        )
    }

    @Test func `what is quoted calls nobody, what is said calls whom it names`() async throws {
        let answer = try await message("sí, @luz") {
            $0.reply = Quotation(number: 3, name: "bob@eva", excerpt: "¿vienes, @luz?")
        }
        #expect(
            composer.plainLines(of: answer, quotes: true)
                == ["ana: [↩ bob@\u{2060}eva: ¿vienes, @\u{2060}luz?] sí, @\u{2060}luz"])
    }

    @Test func `a long line is cut between words, with the name in front of each piece`()
        async throws
    {
        let phrases = (0..<1_500).map { "word\($0)" }
        let lines = composer.plainLines(
            of: try await message(phrases.joined(separator: " ")), quotes: true)
        #expect(lines.count > 2)
        #expect(lines.allSatisfy { $0.hasPrefix("ana: ") && $0.utf16.count <= 4_096 })
        let again = lines.flatMap { $0.dropFirst(5).split(separator: " ") }
        #expect(again.map(String.init) == phrases)
    }

    @Test func `lines are put together up to the limit`() {
        let line = String(repeating: "x", count: 1_000)
        let parts = TelegramComposer.parts(Array(repeating: line, count: 9))
        #expect(parts.map { $0.utf16.count } == [4_003, 4_003, 1_000])
        #expect(TelegramComposer.parts(["a"]) == ["a"])
    }

    @Test func `what is quoted is found by its position and its words`() async throws {
        let messages = [
            try await message("hola a todos"), try await message("hola"),
            try await message("adiós"),
        ]
        func quote(_ text: String, _ position: Int64?) -> Int {
            composer.index(
                of: .object([
                    "text": .text(text), "position": position.map { .integer($0) } ?? .null,
                ]), in: messages)
        }
        // ana: hola a todos / ana: hola / ana: adiós
        #expect(quote("hola", 5) == 0)
        #expect(quote("hola", 23) == 1)
        #expect(quote("adiós", 32) == 2)
        #expect(quote("ana: adiós", 28) == 2)
        #expect(quote("hola\nana: adiós", 23) == 1)
        #expect(quote("adiós", nil) == 2)
        #expect(quote("otra cosa", 500) == 0)
        #expect(composer.index(of: .null, in: messages) == 0)
    }

    @Test func `its own lines are taken apart`() {
        #expect(composer.relayedLine(in: "ana: a: b")?.name == "ana")
        #expect(composer.relayedLine(in: "ana: a: b")?.quoted == "a: b")
        #expect(composer.relayedLine(in: "nothing") == nil)
        let name = TelegramComposer.withoutMentions("ana@eva")
        #expect(composer.relayedLine(in: "\(name): hola @luz")?.name == "ana@eva")
    }

    @Test(
        arguments: [
            (
                "bob: oye servidor: reiniciad", "servidor: reiniciad", 9, "bob",
                "servidor: reiniciad"
            ),
            ("bob: uno\nana: dos\nana: uno", "uno", 22, "ana", "uno"),
            ("bob: uno\nana: dos", "dos", nil, "ana", "dos"),
            ("bob: uno\nana: dos", "ana: dos", 9, "ana", "dos"),
            ("bob: uno\nana: dos", "uno\nana: dos", 5, "bob", "uno\nana: dos"),
            ("bob: uno\nana: dos", "dos", 1 << 40, "ana", "dos"),
            ("bob: uno\nana: dos", nil, nil, "bob", "uno"),
            ("Ana [x] (telegram): hola", nil, nil, "Ana x (telegram)", "hola"),
            ("servidor: hola", nil, nil, "sin nombre", "hola"),
            ("x] y\u{202E}: hola", nil, nil, "x y", "hola"),
        ] as [(String, String?, Int64?, String, String)])
    func `whoever is quoted is named by the line that holds it`(
        text: String, quote: String?, position: Int64?, name: String, said: String
    ) {
        let json = JSON.object([
            "text": quote.map { .text($0) } ?? .null,
            "position": position.map { .integer($0) } ?? .null,
        ])
        let found = composer.relayedLine(in: text, quote: json)
        #expect(found?.name == name)
        #expect(found?.quoted == said)
    }

    @Test func `a line without a name, and a quote that is in none, name nobody`() {
        #expect(composer.relayedLine(in: "x\nservidor: y") == nil)
        #expect(
            composer.relayedLine(in: "bob: x", quote: .object(["text": .text("ana: y")])) == nil)
    }
}

extension TelegramComposer {
    /// The lines of a message without the marks of relays.
    fileprivate func plainLines(of message: Message, quotes: Bool) -> [String] {
        lines(of: message, quotes: quotes).map { RelayMark.removed(from: $0) }
    }
}
