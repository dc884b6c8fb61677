import MessageBus
import TestSupport
import Testing

@testable import Middlewares

@Suite struct BuiltInsTests {
    private var registry: Registry {
        var registry = Registry()
        registry.registerMiddlewares()
        return registry
    }

    @Test func `all seven are registered, each with a sentence`() {
        #expect(registry.problems.isEmpty)
        #expect(
            registry.middlewares.keys.sorted() == [
                "dedupe", "filter", "limit", "log", "redact", "replace", "validate",
            ])
        for type in registry.middlewares.values {
            #expect(type.about.hasSuffix("."), "\(type.name)")
            for option in type.options { #expect(option.sentence.hasSuffix("."), "\(option.name)") }
        }
    }

    @Test(arguments: [
        ("validate", ["maxLength=4000", "maxLines=40", "controlCharacters=\"remove\""]),
        ("limit", ["messages=20", "per=\"10s\"", "burst=null", "by=\"sender\""]),
        ("filter", ["drop=[]", "only=[]", "reason=null", "exact=false"]),
        ("replace", ["rules=[]", "exact=false"]),
        (
            "redact",
            ["what=[\"tokens\",\"keys\",\"cards\",\"emails\"]", "with=\"•••\"", "exact=false"]
        ),
        ("dedupe", ["within=\"30s\"", "exact=false"]),
        ("log", ["level=\"info\"", "text=true", "file=null"]),
    ])
    func `options have the names and defaults of the reference`(type: String, options: [String]) {
        let described = registry.middlewares[type]?.options.map {
            "\($0.name)=\($0.defaultValue ?? "")"
        }
        #expect(described == options)
    }

    @Test(
        arguments: [
            ("messages", .number("-5"), "expected a whole number > 0, found -5"),
            ("messages", .number("0"), "expected a whole number > 0, found 0"),
            ("per", .string("0s"), "expected a duration > 0s, like \"10s\", found \"0s\""),
            ("burst", .number("0"), "expected a whole number > 0, found 0"),
            (
                "by", .string("rom"),
                "expected one of \"sender\", \"bridge\", \"room\", found \"rom\"; did you mean \"room\"?"
            ),
        ] as [(String, ConfigValue.Kind, String)])
    func `a value out of bounds is a problem`(key: String, kind: ConfigValue.Kind, sentence: String)
    {
        let decoded = decode(Limit.Options.self, [key: kind])
        #expect(decoded.problems == ["\(key): \(sentence)"])
    }
}
