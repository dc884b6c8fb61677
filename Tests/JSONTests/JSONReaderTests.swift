import JSON
import Testing

@Suite struct JSONReaderTests {
    private func read(_ text: String) -> JSON? { JSONReader.read(Array(text.utf8)) }

    @Test func `values are read`() {
        #expect(
            read(" {\"a\":[1,-2.5,true,false,null,\"x\"],\"b\":{}} ")
                == .object([
                    "a": .list([
                        .integer(1), .real(-2.5), .bool(true), .bool(false), .null, .text("x"),
                    ]), "b": .object([:]),
                ]))
        #expect(read("9007199254740993") == .integer(9_007_199_254_740_993))
        #expect(read("1e3")?.integer == 1_000)
        // Nothing is computed with numbers that could overflow.
        #expect(read("9223372036854775807")?.integer == nil)
        #expect(read("-9007199254740992")?.integer == -9_007_199_254_740_992)
        let odd = read("[1e999,-1e999]")?.elements ?? []
        #expect(odd.map(\.isPresent) == [true, true])
        #expect(odd.map(\.integer) == [nil, nil] && odd.map(\.double) == [nil, nil])
        #expect(odd.map(\.encoded) == [Array("null".utf8), Array("null".utf8)])
        #expect(read(#"{"a":1e999,"b":1}"#)?.encoded == Array(#"{"b":1}"#.utf8))
        #expect(read("[]")?.elements == [])
        #expect(read("\u{FEFF}{}") == .object([:]))
    }

    @Test func `escapes are read, and half a pair is no reason to refuse the rest`() {
        #expect(read(#""a\"\\\/\b\f\n\r\té🙂""#) == .text("a\"\\/\u{8}\u{C}\n\r\té🙂"))
        #expect(read(#""x\ud83dy""#) == .text("x\u{FFFD}y"))
        #expect(read(#""\ude42""#) == .text("\u{FFFD}"))
        #expect(read(#""\ud83dA""#) == .text("\u{FFFD}A"))
        #expect(read(#""\ud83d\ud83d\ude42""#) == .text("\u{FFFD}🙂"))
        #expect(JSONReader.read([0x22, 0xFF, 0x22]) == .text("\u{FFFD}"))
    }

    @Test(arguments: [
        "", "{", "[1", "{\"a\"}", "{\"a\":}", "[1,]", "{\"a\":1,}", "\"", "\"\\", "\"\\u12\"",
        "\"\\x\"", "tru", "nul", "-", "1 2", "<html>", "{a:1}", "+", "\"\\u12", "01", "+1", "1.",
        ".5",
        "1e", "-a", "\"\n\"", "\"\\n\t\"",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `what is nested without end is refused`() {
        #expect(read(String(repeating: "[", count: 100_000)) == nil)
        #expect(
            read(String(repeating: "[", count: 100) + String(repeating: "]", count: 100)) != nil)
    }

    @Test func `any text cut anywhere is read or refused`() {
        let text = Array(#"{"ok":true,"result":[{"a":"é\ud83d\ude42","b":-1.5e3}]}"#.utf8)
        for end in text.indices { #expect(JSONReader.read(Array(text[..<end])) == nil) }
    }

    @Test func `what is written is read again`() {
        let value = JSON.object([
            "a": .text("\"\\\n\u{1}\u{1F}é🙂\u{2028}"), "b": .list([.integer(-5), .bool(false)]),
            "c": .real(0.5), "d": .object([:]),
        ])
        #expect(JSONReader.read(value.encoded) == value)
    }

    @Test func `what is null in an object is left out`() {
        let encoded = JSON.object(["a": .null, "b": .integer(1)]).encoded
        #expect(String(decoding: encoded, as: UTF8.self) == "{\"b\":1}")
    }

    @Test func `what is not there is null`() {
        let json = JSON.object(["a": .integer(1)])
        #expect(json["b"]["c"]["d"] == .null)
        #expect(json["a"]["b"].string == nil)
        #expect(json["a"].elements == [])
    }
}
