import MessageBus
import TestSupport
import Testing

@testable import Wiring

@Suite struct JSONParserTests {
    private static let backslash = "; a backslash itself is written \\\\, as in \"\\\\d\""

    private func parse(_ text: String) -> (value: ConfigValue?, problems: [String]) {
        parse(Array(text.utf8))
    }

    private func parse(_ bytes: [UInt8]) -> (value: ConfigValue?, problems: [String]) {
        var problems = Problems()
        let value = JSONParser.parse(bytes, into: &problems)
        return (value, problems.sorted.map { $0.rendered(in: "f") })
    }

    @Test func `positions count characters and lines, from 1`() throws {
        let text = "{\r\n\t\"ñé́🇪🇸\": /* 👩‍👩‍👧\n */ [1,\r\n  2 ],\n}"
        let member = try #require(parse(text).value?.members.first)
        #expect(member.keyLocation.position == TextPosition(line: 2, column: 2))
        #expect(member.value.location.position == TextPosition(line: 3, column: 5))
        #expect(member.value.elements[1].location.position == TextPosition(line: 4, column: 3))
        #expect(member.value.elements[1].location.path == "[\"ñé́🇪🇸\"][1]")
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t\u0041\u00f1\uD83D\uDE00é""#, "\"\\/\u{8}\u{C}\n\r\tAñ😀é"),
        (#""""#, ""), (#""\u0000""#, "\0"), (#""//x/*y*/""#, "//x/*y*/"),
    ])
    func `strings are read`(text: String, expected: String) {
        #expect(parse(text).value?.text == expected)
    }

    @Test(arguments: [
        ("", "f:1:1: expected a value, found the end of the file"),
        (" // x", "f:1:6: expected a value, found the end of the file"),
        ("[1 /* x", "f:1:4: expected \"*/\" at the end of this comment"),
        ("[1 / 2]", "f:1:4: expected a value or a comment, found \"/\""),
        ("[,]", "f:1:2: expected a value, found \",\""),
        ("[1,,2]", "f:1:4: expected a value, found \",\""),
        ("[1}", "f:1:3: expected \",\" or \"]\", found \"}\"; the \"[\" of line 1 is still open"),
        (
            "[1",
            "f:1:3: expected \",\" or \"]\", found the end of the file; the \"[\" of line 1 is still open"
        ),
        ("{\"a\" 1}", "f:1:6: expected \":\", found a number"),
        ("{\"a\":}", "f:1:6: expected a value, found \"}\""),
        ("{1:2,}", "f:1:2: expected a key in double quotes, found one without"),
        ("{'a':2}", "f:1:2: expected a key in double quotes, found a single quote"),
        ("[\"a\" \"b\"]", "f:1:6: expected \",\" or \"]\", found a string"),
        ("[] []", "f:1:4: expected the end of the file, found \"[\""),
        (
            "[01]",
            "f:1:2: [0]: expected a value, found a number that JSON would not write like this"
        ),
        (
            "[tru]",
            "f:1:2: [0]: expected a value, found a word without quotes; texts stand in \"…\""
        ),
        ("[\"a\n\"]", "f:1:2: expected the end of this string in its line"),
        ("[\"a", "f:1:2: expected the end of this string, found the end of the file"),
        ("[\"a\tb\"]", "f:1:4: expected no control characters in a string, \\t for a tab"),
        ("[\"\\q\"]", "f:1:3: expected an escape that JSON knows" + Self.backslash),
        ("[\"\\é\"]", "f:1:3: expected an escape that JSON knows" + Self.backslash),
        ("[\"\\ud800\"]", "f:1:3: expected an escape that JSON knows" + Self.backslash),
        ("[\"\\ud800\\u0041\"]", "f:1:3: expected an escape that JSON knows" + Self.backslash),
        ("[\"\\udc00\"]", "f:1:3: expected an escape that JSON knows" + Self.backslash),
        ("[\"\\u12\"]", "f:1:3: expected an escape that JSON knows" + Self.backslash),
        ("\0", "f:1:1: expected a value, found U+0000 null"),
        ("{\"a\":1,\n\"a\":2}", "f:2:1: a: \"a\" is given twice, first in line 1"),
    ])
    func `a mistake is one problem where it is`(text: String, expected: String) {
        #expect(parse(text).problems == [expected])
    }

    @Test(arguments: ["01", "1.", ".5", "+1", "-", "1e", "1e+", "0x1", "NaN", "--1", "1_0", "-01"])
    func `a number that JSON doesn't know is a mistake`(text: String) {
        #expect(parse(text).problems.count == 1)
    }

    @Test(arguments: ["0", "-0", "10", "1.5", "1e3", "1E+3", "-1.25e-7", "123456789012345678901"])
    func `a number is kept as it is written`(text: String) throws {
        guard case .number(text)? = parse(text).value?.kind else {
            Issue.record("\(text) is no number")
            return
        }
    }

    @Test func `mistakes after which it is clear how to go on are all reported`() {
        let problems = parse("{\"a\": tru\n\"b\": \"\\q\", c: 01,}").problems
        #expect(problems.count == 5)
    }

    @Test func `bytes that are not UTF-8 have a position`() {
        #expect(
            parse(Array("{\n\"é".utf8) + [0xFF]).problems
                == ["f:2:3: expected UTF-8, found a byte that isn't: save the file as UTF-8"])
        for bytes in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
            #expect(parse(bytes.map { UInt8($0) }).problems.count == 1)
        }
    }

    @Test func `nesting has a limit`() {
        let deep = { (count: Int) in
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(parse(deep(64)).problems.isEmpty)
        #expect(
            parse(deep(65)).problems
                == ["f:1:65: expected at most 64 levels of lists and objects"])
        #expect(parse(String(repeating: "[", count: 1_000_000)).problems.count == 1)
    }

    @Test func `random bytes never stop the program`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(seed)
        let sample = Array(
            #"{"a":[1,-2.5e3,"é\u00f1${env:X}",true,null],/*c*/"b":{"c":"d",},}//"#.utf8)
        let alphabet = Array("{}[]\",:\\/*u0dD8-+.eE \n\r\té$".utf8) + [0, 0xFF, 0xC3, 0xED, 0xF0]
        for round in 0..<3_000 {
            var bytes: [UInt8]
            switch round % 3 {
            case 0: bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            case 1:
                bytes = (0..<random.below(60)).map { _ in alphabet[random.below(alphabet.count)] }
            default:
                bytes = sample
                for _ in 0...random.below(4) {
                    bytes[random.below(bytes.count)] = alphabet[random.below(alphabet.count)]
                }
            }
            let result = parse(bytes)
            #expect(result.value != nil || !result.problems.isEmpty, "seed \(seed): \(bytes)")
        }
        for end in sample.indices {
            #expect(!parse(Array(sample[..<end])).problems.isEmpty || end >= sample.count - 2)
        }
    }
}
