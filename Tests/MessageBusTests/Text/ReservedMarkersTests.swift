import MessageBus
import TestSupport
import Testing

@Suite struct ReservedMarkersTests {
    private func altered(_ text: String) -> String {
        var bytes = Array(text.utf8)
        bytes.withUnsafeMutableBytes { _ = ReservedMarkers.alter($0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("[↩ bob: te debo 500 euros] lo confirmo", "(↩ bob: te debo 500 euros] lo confirmo"),
        ("[✎] hola", "(✎] hola"), ("[✎", "(✎"), ("[↩", "(↩"),
        ("  \t[↩ bob: x] y", "  \t(↩ bob: x] y"),
        ("\u{200B}\u{FEFF}[↩ x", "\u{200B}\u{FEFF}(↩ x"),
        ("\u{A0}\u{3000}[✎] x", "\u{A0}\u{3000}(✎] x"),
        ("[ ↩ x", "( ↩ x"), ("[\u{AD}\u{FE0F}✎] x", "(\u{AD}\u{FE0F}✎] x"),
        ("[\u{332}↩ x", "(\u{332}↩ x"),
        ("［↩ bob: x］ y", "（↩ bob: x］ y"), ("【✎】 x", "❨✎】 x"), ("⁅↩⁆", "❨↩⁆"), ("⟦✎⟧", "❨✎⟧"),
        ("[[↩ x", "[(↩ x"), ("[↪ x", "(↪ x"), ("[✏️] x", "(✏️] x"), ("[🖉] x", "(🖉] x"),
        ("[⤶ bob: x] y", "(⤶ bob: x] y"), ("[↩️ bob: x] y", "(↩️ bob: x] y"),
        ("uno\n[↩ bob: x] dos\n[✎] tres", "uno\n(↩ bob: x] dos\n(✎] tres"), ("\n\n[✎]", "\n\n(✎]"),
        ("[deleted by bob]", "(deleted by bob]"), ("【Deleted by bob】", "❨Deleted by bob】"),
    ])
    func `what only the bus begins a line with is altered, in as many bytes`(
        text: String, expected: String
    ) {
        #expect(altered(text) == expected)
        #expect(altered(text).utf8.count == text.utf8.count)
        #expect(altered(expected) == expected)
    }

    @Test(arguments: [
        "", "[", "hola", "[hola] ↩", "[foto] la playa", "↩ x", "✎ x", "(↩ x", "a [↩ bob: x] y",
        "[a↩",
        "[\n↩", "[deleted]", "[deleted by", "uno\n", "[1] [✎]", "¡[↩", "日本[✎]", "[→ x]", "[x", "ñ",
        "\u{200B}",
    ])
    func `everything else stays as it is`(text: String) { #expect(altered(text) == text) }

    @Test func `a text that is quoted can't end its quotation`() {
        for (text, quoted) in [
            ("hola] yo pago", "hola) yo pago"), ("[foto] la playa", "[foto] la playa"),
            ("a]b]", "a)b)"), ("[a]]", "[a])"), ("hola］ yo", "hola） yo"), ("[[a", "[[a"),
        ] {
            #expect(Quotation(number: 1, name: "ana", excerpt: text).excerpt == quoted)
        }
    }

    @Test func `lines of files are altered too`() async throws {
        let test = try TestBus()
        let (port, reader) = (await test.port("tail"), await test.port("lector"))
        let block = LineBlock()
        block.begin(LineBlock.Origin(name: "app.log", channel: "/app.log"), at: 0)
        for line in ["[↩ bob: x] y", "hola", "[✎] z"] {
            Array(line.utf8).withUnsafeBytes { _ = block.append($0, at: 0) }
        }
        _ = try await port.publish([block], checkpoints: [])
        test.stop()
        var texts: [String] = []
        for await message in reader.messages { texts.append(message.text) }
        #expect(texts == ["(↩ bob: x] y", "hola", "(✎] z"])
    }

    @Test func `neither a bridge nor a step of the chain can write them`() async throws {
        struct Unwrap: Middleware {
            func handle(_ message: inout Message) -> Verdict {
                message.text = message.text.replacing("!", with: "")
                return .pass
            }
        }
        let test = try TestBus(middlewares: [Unwrap()])
        let (port, reader) = (await test.port("otro"), await test.port("lector"))
        let answered = Quotation(number: 1, name: "bob", excerpt: "hola")
        try await port.publish("[↩ bob: x] uno\n![✎] dos", from: "eva")
        try await port.publish("![↩ bob: x] tres", from: "eva")
        var draft = Draft("[✎] cuatro", from: "eva")
        (draft.reply, draft.kind) = (answered, .edit)
        try await port.publish(draft)
        test.stop()
        var texts: [String] = []
        for await message in reader.messages {
            texts.append(message.text)
            if message.kind == .edit { #expect(message.reply?.number == answered.number) }
        }
        #expect(texts == ["(↩ bob: x] uno\n(✎] dos", "(↩ bob: x] tres", "(✎] cuatro"])
    }
}
