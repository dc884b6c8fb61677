import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import IRCBridge

/// The lines of messages.
@Suite struct LineComposerTests {
    private let composer = LineComposer(phrases: Phrases(.es), format: "{name}: {text}")

    @Test func `a short text is one line`() {
        #expect(
            composer.lines(of: .make("hola"), quotes: true, atMost: 100) == ["a\u{200B}na: hola"])
    }

    @Test func `a long text is cut between words, with the name in front of each piece`() {
        let text = String(repeating: "palabra ", count: 50) + "fin"
        let lines = composer.lines(of: .make(text), quotes: true, atMost: 100)
        #expect(lines.count > 4)
        #expect(lines.allSatisfy { $0.utf8.count <= 100 && $0.hasPrefix("a\u{200B}na: ") })
        #expect(lines.map { $0.dropFirst("a\u{200B}na: ".count) }.joined(separator: " ") == text)
    }

    @Test(arguments: ["a", "ñ", "日", "👩‍👩‍👧‍👦", "🇪🇸"])
    func `a text is never cut inside a character`(character: String) {
        let text = String(repeating: character, count: 300)
        for limit in 60..<90 {
            let lines = composer.lines(of: .make(text), quotes: true, atMost: limit)
            #expect(lines.allSatisfy { $0.utf8.count <= limit })
            let pieces = lines.map { String($0.dropFirst("a\u{200B}na: ".count)) }
            #expect(pieces.joined() == text)
            #expect(pieces.map(\.count).reduce(0, +) == 300)
        }
    }

    @Test func `a character that is too long is cut between its code points`() {
        let text = "e" + String(repeating: "\u{301}", count: 500)
        let lines = composer.lines(of: .make(text), quotes: true, atMost: 80)
        #expect(lines.allSatisfy { $0.utf8.count <= 80 })
    }

    @Test func `a piece does not begin as only the bus may begin a line`() {
        let text = String(repeating: "x", count: 38) + " [✎] falso"
        let lines = composer.lines(of: .make(text), quotes: true, atMost: 48)
        #expect(lines.last?.contains("[✎]") == false)
    }

    @Test func `what somebody does is an action, also if it is long`() {
        let lines = composer.lines(
            of: .make("* ana " + String(repeating: "baila ", count: 30)), quotes: true, atMost: 100)
        #expect(lines[0].hasPrefix("\u{1}ACTION a\u{200B}na baila"))
        #expect(lines[0].hasSuffix("\u{1}"))
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("a\u{200B}na: baila") })
        #expect(lines.allSatisfy { $0.utf8.count <= 100 })
        // Somebody else's name is no action of theirs.
        #expect(
            composer.lines(of: .make("* bob baila"), quotes: true, atMost: 100)
                == ["a\u{200B}na: * bob baila"])
    }

    @Test func `left-out lines are counted in words`() {
        #expect(composer.digest(1) == "[… 1 línea]")
        #expect(composer.digest(12) == "[… 12 líneas]")
        #expect(LineComposer(phrases: Phrases(.en), format: "").digest(2) == "[… 2 lines]")
    }

    @Test func `a format that is itself too long still makes progress`() {
        let composer = LineComposer(
            phrases: Phrases(.en), format: String(repeating: "-", count: 200) + "{text}")
        #expect(composer.lines(of: .make("hola qué tal"), quotes: true, atMost: 100).count > 0)
    }
}
