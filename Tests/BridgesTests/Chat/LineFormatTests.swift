import Testing

@testable import Chat

/// Lines for another network.
@Suite struct LineFormatTests {
    @Test(arguments: [4, 5, 7, 100], [LengthUnit.bytes, .utf16])
    func `nothing is lost or too long, wherever it is cut`(room: Int, unit: LengthUnit) {
        let format = LineFormat("{text}", in: unit, minRoom: 4)
        for text in [
            "", "a", "a b", "aaaa bbbb cccc", "🙂🙂🙂🙂", "e\u{301}e\u{301}e\u{301}",
            String(repeating: "x", count: 500), String(repeating: "ab ", count: 100),
            "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "a" + String(repeating: "\u{301}", count: 50), "ñandú 日本語",
        ] {
            let pieces = format.split(text, atMost: room)
            #expect(pieces.allSatisfy { unit.length(of: $0) <= room }, "\(text)")
            let kept = pieces.joined().unicodeScalars.filter { $0 != " " }
            #expect(Array(kept) == text.unicodeScalars.filter { $0 != " " }, "\(text)")
        }
    }

    @Test func `a line is as long as the network counts`() {
        let text = "ñ🙂 "
        #expect(LengthUnit.bytes.length(of: text) == 7)
        #expect(LengthUnit.utf16.length(of: text) == 4)
        let line = String(repeating: text, count: 4)
        let bytes = LineFormat("{name}: {text}", in: .bytes, minRoom: 1)
        #expect(bytes.lines(of: line, by: "ana", atMost: 18) == ["ana: ñ🙂 ñ🙂", "ana: ñ🙂 ñ🙂"])
        let units = LineFormat("{name}: {text}", in: .utf16, minRoom: 1)
        #expect(units.lines(of: line, by: "ana", atMost: 21) == ["ana: " + line])
    }

    @Test func `a piece has a least length, however long the format is`() {
        let format = LineFormat("{name} says: {text}", in: .utf16, minRoom: 2)
        #expect(
            format.lines(of: "abcd", by: "ana", atMost: 3) == ["ana says: ab", "ana says: cd"])
    }

    @Test func `placeholders in a name or a text stay as they are`() {
        let format = LineFormat("<{name}> {text} {other}", in: .bytes, minRoom: 1)
        #expect(format.fill("{text}", "{name}") == "<{text}> {name} {other}")
    }
}
