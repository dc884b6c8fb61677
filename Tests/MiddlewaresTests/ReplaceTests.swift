import MessageBus
import TestSupport
import Testing

@testable import Middlewares
@testable import Patterns

@Suite struct ReplaceTests {
    private func trial(_ rules: (find: String, with: String)..., language: Language = .en) throws
        -> Trial
    {
        let made = try rules.map { rule in
            var made = Replace.Rule()
            made.find = try Pattern(rule.find)
            made.with = rule.with
            return made
        }
        var options = Replace.Options()
        options.rules = made
        return Trial(try Replace(options, .make(language: language)))
    }

    @Test(arguments: [
        ("casa", "casita", "mi casa es tu casa", "mi casita es tu casita"),
        ("casa", "<$0>", "mi ca\u{200B}sa\u{200B} y ｃａｓａ", "mi <ca\u{200B}sa>\u{200B} y <ｃａｓａ>"),
        ("(c.)(s.)", "$2$1", "ca\u{AD}sa \u{200B}ｃａｓａ", "saca \u{200B}ｓａｃａ"),
        ("f", "F", "ﬁ f", "F F"), ("i", "I", "ﬁ", "I"), ("[fi]", "_", "ﬁx", "_x"),
        ("e\u{301}", "E", "cafe\u{301}s", "cafEs"), ("é", "E", "cafe\u{301}s cafés", "cafEs cafEs"),
        ("º", "o", "1º", "1o"), ("x*", "-", "\u{200B}a", "\u{200B}-a-"),
        (#"(\w+) (\w+)"#, "$2 $1", "uno dos tres cuatro", "dos uno cuatro tres"),
        (#"(\d)"#, "${1}0", "1 2", "10 20"), (#"\d+"#, "<$0>", "12 y 3", "<12> y <3>"),
        ("€", "$$", "5 €", "5 $"), ("x", "a$", "x", "a$"), ("x", "$y ${z} ${1", "x", "$y ${z} ${1"),
        ("a*", "-", "baac", "-b--c-"), ("", ".", "ñ€", ".ñ.€."), ("^", "> ", "hola", "> hola"),
        ("(?m)^", "> ", "a\nb", "> a\n> b"), ("(a)|b", "[$1]", "ab", "[a][]"),
        (#"foo\K\d"#, "#", "foo1 2", "foo# 2"), ("(?i)niño", "niña", "El NIÑO", "El niña"),
        ("(?=b)", "-", "abb", "a-b-b"),
    ])
    func `all matches are replaced`(
        find: String, with: String, text: String, expected: String
    ) throws {
        var trial = try trial((find, with))
        #expect(trial.judge(text) == .passed(expected))
    }

    @Test func `rules are applied in order, each to the result of those before it`() throws {
        var trial = try trial(("a", "b"), ("b", "c"), ("c+", "d"))
        #expect(trial.judge("abx") == .passed("dx"))
    }

    @Test func `a text that nothing matches is not touched`() throws {
        var options = Replace.Options()
        var made = Replace.Rule()
        made.find = try Pattern("casino|[0-9]")
        made.with = "x"
        options.rules = [made]
        var replace = try Replace(options, .make())
        var message = Message.make("hola")
        #expect(try replace.handle(&message) == .pass)
        #expect(!message.isModified)
        message = .make("hola 1")
        #expect(try replace.handle(&message) == .pass)
        #expect(message.isModified && message.text == "hola x")
    }

    @Test func `control characters in the replacement do not get out`() throws {
        var trial = try trial(("a", "\u{1B}[31m\nb"))
        #expect(trial.judge("a") == .passed("[31m\nb"))
    }

    @Test func `a text that would grow beyond all bounds is dropped`() throws {
        let rules = (0..<5).map { _ in (find: ".+", with: "$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0") }
        var trial = try trial(rules[0], rules[1], rules[2], rules[3], rules[4])
        #expect(trial.judge("a") == .dropped("the message is too long", code: "too-long"))
        #expect(trial.judge("") == .passed(""))
    }

    @Test(arguments: [
        (#"(\d)"#, "$2", #"there is no group 2: "(\\d)" has only group 1"#),
        ("a", "${1}", #"there is no group 1: "a" has no groups"#),
        ("(a)(b)", "$10", #"there is no group 10: "(a)(b)" has only groups 1 to 2"#),
        ("a", "$99999999999999999999", #"there is no group that number: "a" has no groups"#),
    ])
    func `a group that does not exist is a problem`(find: String, with: String, problem: String) {
        let decoded = decode(Replace.Options.self, ["rules": .rules((find, with))])
        #expect(decoded.options == nil)
        #expect(decoded.problems == ["rules[0].with: \(problem)"])
    }

    @Test func `rules are read from the configuration`() throws {
        let decoded = decode(Replace.Options.self, ["rules": .rules(("(a)", "<$1>"), ("b", "$0"))])
        #expect(decoded.problems.isEmpty)
        var trial = Trial(try Replace(try #require(decoded.options), .make()))
        #expect(trial.judge("ab") == .passed("<a>b"))
    }
}
