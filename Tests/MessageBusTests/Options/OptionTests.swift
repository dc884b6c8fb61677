import Testing

@testable import MessageBus

private struct Sample: PluginOptions {
    enum Side: String, CaseIterable, OptionValue { case left, right }

    struct Inner: PluginOptions {
        @Option("Inside.") var key: Secret
    }

    @Option("The words.") var words: [String] = ["a"]
    @Option("How many.", in: 1...) var count = 20
    @Option("How long.", in: .seconds(1)...(.seconds(60))) var time = Duration.seconds(10)
    @Option("How large.", above: 0) var size: ByteCount = 4096
    @Option("How much.", in: ...1) var share: Double?
    @Option("The file.") var path: String
    @Option("Which side.") var side = Side.left
    @Option("Inner options.") var inner: Inner?
    @Option("How often.", in: 0...) var times: Int
}

private struct Shout: Middleware {
    func handle(_ message: inout Message) -> Verdict { .pass }
}

private struct Count: Middleware {
    var count = 0

    mutating func handle(_ message: inout Message) -> Verdict {
        count += 1
        return .pass
    }
}

private final class Echo: Bridge {
    func run(_ port: Port) async throws {}
}

private struct Keep: Middleware {
    let options: Sample
    init(_ options: Sample, _ context: Context) { self.options = options }
    func handle(_ message: inout Message) -> Verdict { .pass }
}

@Suite struct OptionTests {
    @Test func `a description says all there is to say`() {
        let options = Sample.options
        #expect(
            options.map(\.name) == [
                "words", "count", "time", "size", "share", "path", "side", "inner", "times",
            ])
        #expect(
            options.map(\.expectation) == [
                "a list of strings", "a whole number > 0", "a duration from 1s to 1m, like \"10s\"",
                "a size > 0, like \"64KiB\"",
                "a number ≤ 1", "a string", "one of \"left\", \"right\"", "an object",
                "a whole number ≥ 0",
            ])
        #expect(
            options.map(\.defaultValue) == [
                "[\"a\"]", "20", "\"10s\"", "\"4KiB\"", "null", nil, "\"left\"", "null", nil,
            ])
        #expect(options[7].nested.map(\.name) == ["key"])
        #expect(options.map(\.isSecret) == options.map { $0.name == "inner" })
    }

    @Test func `a copy is independent`() {
        var one = Sample()
        one.path = "x"
        var other = one
        other.path = "y"
        other.count = 5
        #expect(one.path == "x")
        #expect(one.count == 20)
        #expect(other.path == "y")
    }

    @Test func `a name used twice is refused, by kind`() {
        var registry = Registry()
        registry.middleware("shout", Shout.init)
        registry.middleware("keep", about: "Keeps.", Keep.init)
        registry.middleware("count", Count.init)
        registry.bridge("echo", Echo.init)
        registry.bridge("shout", Echo.init)
        #expect(registry.problems.isEmpty)
        registry.middleware("shout", Shout.init)
        registry.middleware("no good", Shout.init)
        #expect(
            registry.problems == [
                "two middlewares are called \"shout\"",
                "a middleware can't be called \"no good\": expected 1–32 of a-z 0-9 _ -",
            ])
        #expect(registry.middlewares["shout"]?.options == [])
        #expect(registry.middlewares["keep"]?.options.count == 9)
    }

    @Test(arguments: [
        ("lisen", "listen"), ("LISTEN", "listen"), ("romms", "rooms"), ("telegarm", "telegram"),
        ("loby", "lobby"), ("xyz", nil), ("b", nil), ("", nil), ("listening-on", nil),
    ])
    func `the nearest name is suggested if it is near`(text: String, expected: String?) {
        let names = ["listen", "rooms", "telegram", "lobby", "by"]
        #expect(Suggestion.nearest(to: text, among: names) == expected)
    }
}
