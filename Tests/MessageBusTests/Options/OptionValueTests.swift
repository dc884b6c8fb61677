import Testing

@testable import MessageBus

@Suite struct OptionValueTests {
    private func decode<Value: OptionValue>(
        _ kind: ConfigValue.Kind, as type: Value.Type = Value.self
    ) -> (value: Value?, sentence: String?) {
        var problems = Problems(rooms: ["general"])
        let location = ConfigLocation(root: TextPosition(line: 1, column: 1))
        let value = Value.decode(ConfigValue(kind, at: location), into: &problems)
        #expect((value == nil) == (problems.count == 1))
        return (value, problems.sorted.first?.sentence)
    }

    @Test(arguments: [
        ("1", 1), ("-5", -5), ("1e3", 1_000), ("1.0", 1), ("-0", 0), ("0.0e99999999999", 0),
        ("120e-1", 12), ("1.50e1", 15), ("9223372036854775807", .max),
        ("-9223372036854775808", .min), ("0.001e3", 1),
    ])
    func `whole numbers are whole however they are written`(text: String, expected: Int) {
        #expect(decode(.number(text)).value == expected)
    }

    @Test(arguments: [
        "1.5", "1e-1", "9223372036854775808", "1e30", "1e999999999999999999999", "1e-99999999999",
        "-9223372036854775809",
    ])
    func `what is no whole number is refused`(text: String) {
        let sentence = decode(.number(text), as: Int.self).sentence ?? ""
        #expect(sentence.hasPrefix("expected a whole number, found \(text)"))
        let isTooLarge = text == "9223372036854775808"
        #expect(sentence.hasSuffix("; 9223372036854775807 is the most") == isTooLarge)
    }

    @Test(arguments: [
        ("200ms", Duration.milliseconds(200), "200ms"), ("10s", .seconds(10), "10s"),
        ("5m", .seconds(300), "5m"), ("12h", .seconds(43_200), "12h"),
        ("90d", .seconds(7_776_000), "90d"), ("0s", .zero, "0s"), ("60s", .seconds(60), "1m"),
        ("1500ms", .milliseconds(1_500), "1500ms"),
    ])
    func `durations are read and written`(text: String, expected: Duration, plain: String) {
        #expect(decode(.string(text)).value == expected)
        #expect(expected.plain == plain)
    }

    @Test(arguments: [
        "", "10", "s", "10 s", "1.5s", "-1s", "10S", "10sec", "1h30m", "٣s", "999999d",
        "999999999999999999999s",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(decode(.string(text), as: Duration.self).sentence != nil)
    }

    @Test(arguments: [("64KiB", 65_536), ("4MiB", 4 << 20), ("1GiB", 1 << 30), ("0KiB", 0)])
    func `sizes are read`(text: String, bytes: Int) {
        #expect(decode(.string(text)).value == ByteCount(bytes))
    }

    @Test func `sizes are written in their largest unit, and are plain numbers too`() {
        #expect(decode(.number("100")).value == ByteCount(100))
        #expect(ByteCount.kibibytes(64).rendered == "\"64KiB\"")
        #expect(ByteCount(1_000).rendered == "1000")
        #expect(ByteCount.mebibytes(4).description == "4MiB")
    }

    @Test(arguments: ["64", "64KB", "64 KiB", "-1KiB", "1.5MiB", "KiB", "99999999999999GiB"])
    func `what is no size is refused`(text: String) {
        let sentence = decode(.string(text), as: ByteCount.self).sentence ?? ""
        let start = "expected a size like \"64KiB\" or a number of bytes, found \(text.quoted)"
        #expect(sentence.hasPrefix(start))
        #expect(decode(.number("-1"), as: ByteCount.self).sentence != nil)
    }

    @Test(arguments: [
        "0.0.0.0:2000", "[::]:2000", "localhost:0", "unix:/run/puente.sock", "[fe80::1%eth0]:65535",
        "a-b.example.org:80", "unix:puente.sock", "3com.example:1",
    ])
    func `addresses are read and written`(text: String) {
        #expect(decode(.string(text), as: Address.self).value?.description == text)
    }

    @Test(arguments: [
        "", "2000", ":2000", "localhost", "localhost:", "localhost:65536", "localhost:-1",
        "localhost:080", "::1:80", "[::]", "[::1]80", "[1.2.3.4]:80", "1.2.3:80", "1.2.3.256:80",
        "a b:1", "a..b:1", "unix:", "http://a:80", "localhost:٣",
    ])
    func `what is no address is refused`(text: String) {
        #expect(decode(.string(text), as: Address.self).sentence != nil)
    }

    @Test func `a path that no socket can have is refused`() {
        #expect(Address("unix:/" + String(repeating: "a", count: 106)) != nil)
        #expect(Address("unix:/" + String(repeating: "a", count: 107)) == nil)
    }

    @Test(arguments: [
        ("*", "", true), ("*", "añ", true), ("a*", "ba", false),
        ("*(telegram)", "Ana (telegram)", true),
        ("?", "ñ", true), ("?", "", false), ("??", "ñ", false), ("a?c", "añc", true),
        ("*a*b*", "xxaxxbxx", true), ("*a*b", "xxaxxbx", false), ("a", "a", true),
        ("a", "A", false),
        ("**", "x", true), ("*ñ", "aññ", true), ("a*?", "a", false), ("", "", true),
    ])
    func `globs match`(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test func `a glob against a text made to be slow takes no exponential time`() {
        let pattern = String(repeating: "*a", count: 50) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 2_000)))
    }

    @Test func `a room has to exist`() {
        #expect(decode(.string("general"), as: RoomName.self).value?.text == "general")
        #expect(
            decode(.string("generall"), as: RoomName.self).sentence
                == "there is no room \"generall\"; did you mean \"general\"?")
    }

    @Test func `a secret shows nothing, and reveals its text when asked`() {
        let secret = Secret("s3cr3t")
        var text = "\(secret) \(String(reflecting: secret)) \([secret]) \(secret.rendered)"
        dump(secret, to: &text)
        dump(["a": secret as Secret?], to: &text)
        #expect(!text.contains("s3cr3t"))
        #expect(secret.reveal() == "s3cr3t")
        #expect(
            decode(.number("5"), as: Secret.self).sentence
                == "expected a secret in a string, found a number")
    }

    @Test func `what was found can't upset a terminal`() {
        let text = "\u{1B}[2J\nproblem\u{202E}" + String(repeating: "x", count: 100)
        let sentence = decode(.string(text), as: Bool.self).sentence ?? ""
        #expect(
            sentence.hasPrefix("expected true or false, found \"\\u001b[2J\\nproblem\\u202exxx"))
        #expect(sentence.hasSuffix("xxx…\" (with U+001B escape)"))
    }

    @Test(arguments: [
        ("10", "\"10ms\" or \"10s\""), ("10 s", "\"10s\""), ("1h30m", "\"90m\""),
        ("1.5h", "\"90m\""),
        ("2 weeks", "\"14d\""), ("PT10S", "\"10s\""), ("10\u{A0}s", "\"10s\""),
        ("90 días", "\"90d\""),
    ])
    func `a duration as others write it is suggested as it is written here`(
        text: String, meant: String
    ) {
        let sentence = decode(.string(text), as: Duration.self).sentence
        #expect(sentence?.hasSuffix("; did you mean \(meant)?") == true)
    }

    @Test(arguments: [
        ("64k", "did you mean \"64KiB\"?"), ("4 MB", "did you mean \"4MiB\"?"),
        ("1.5GiB", "did you mean \"1536MiB\"?"), ("4096", "write 4096 without quotes"),
    ])
    func `a size as others write it is suggested as it is written here`(
        text: String, hint: String
    ) {
        #expect(
            decode(.string(text), as: ByteCount.self).sentence?.hasSuffix("; \(hint)") == true)
    }

    @Test(arguments: [
        ("2000", "did you mean \"0.0.0.0:2000\"?"), (":2000", "did you mean \"0.0.0.0:2000\"?"),
        ("*:2000", "did you mean \"0.0.0.0:2000\"?"), ("::1:80", "did you mean \"[::1]:80\"?"),
        ("localhost", "the port is missing, as in \"localhost:2000\""),
        ("tcp://a.b:1/x", "did you mean \"a.b:1\"?"), ("a:1/tcp", "did you mean \"a:1\"?"),
        ("/run/x.sock", "did you mean \"unix:/run/x.sock\"?"),
        ("a 1", "did you mean \"a:1\"?"), ("a:65536", "a port is at most 65535"),
        (
            "unix:/" + String(repeating: "a", count: 200),
            "the path of a socket has at most 107 bytes"
        ),
    ])
    func `an address as others write it is suggested as it is written here`(
        text: String, hint: String
    ) {
        #expect(decode(.string(text), as: Address.self).sentence?.hasSuffix("; \(hint)") == true)
    }

    @Test(arguments: [
        ("a\u{A0}b", "\"a\u{A0}b\" (with U+00A0 no-break space)"),
        ("\u{201C}a\u{201D}", "\"\u{201C}a\u{201D}\" (with U+201C left double quotation mark)"),
        ("tru\u{435}", "\"tru\u{435}\" (with U+0435 cyrillic small letter ie)"),
        ("\u{8}", "\"\\u0008\" (with U+0008 backspace)"), ("año", "\"año\""), ("да", "\"да\""),
    ])
    func `what can't be seen in what was found is named`(text: String, found: String) {
        #expect(
            decode(.string(text), as: Bool.self).sentence
                == "expected true or false, found \(found)")
    }

    @Test func `a list of one is suggested with its brackets`() {
        #expect(
            decode(.string("a"), as: [String].self).sentence
                == "expected a list of strings, found \"a\"; write [\"a\"]")
    }
}
