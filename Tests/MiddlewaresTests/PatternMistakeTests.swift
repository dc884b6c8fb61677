import MessageBus
import Middlewares
import TestSupport
import Testing

@testable import Patterns

@Suite struct PatternMistakeTests {
    private func decode(_ text: String) -> (problem: String?, warning: String?) {
        var problems = Problems()
        let place = ConfigLocation(root: TextPosition(line: 1, column: 1))
        _ = Pattern.decode(ConfigValue(.string(text), at: place), into: &problems)
        return (problems.sorted.first?.sentence, problems.sortedWarnings.first?.sentence)
    }

    @Test(arguments: [
        ("\u{8}casino\u{8}", "\"\\\\bcasino\\\\b\""), ("(\u{8}a|b\u{C})", "\"(\\\\ba|b\\\\f)\""),
        ("/casino/i", "\"(?i)casino\""), ("/a\\/b/gim", "\"(?im)a/b\""), ("*casino*", "\"casino\""),
    ])
    func `what can't be meant is a problem with what to write`(text: String, meant: String) {
        let (problem, warning) = decode(text)
        #expect(problem?.hasSuffix("; did you mean \(meant)?") == true, "\(problem ?? "")")
        #expect(warning == nil)
    }

    @Test(arguments: [("/casino/", "\"casino\""), ("/var/log/i", "\"(?i)var/log\"")])
    func `what might be meant is a warning`(text: String, meant: String) {
        let (problem, warning) = decode(text)
        #expect(problem == nil)
        #expect(warning?.hasSuffix("; did you mean \(meant)?") == true, "\(warning ?? "")")
    }

    @Test(arguments: ["", "\u{1}", "/x/iu"])
    func `a pattern that matches everything or nothing is a problem`(text: String) {
        #expect(decode(text).problem != nil)
    }

    @Test(arguments: [
        "\\bcasino\\b", "a\tb", "^\n", "/var/log/", "a/b/c", "/", "//", "/x", "x/", "^/x/$",
        "/x/ii",
        "/x/q", ".*", "^$", "(?i)casino",
    ])
    func `an intended pattern gives no problem`(text: String) {
        let (problem, warning) = decode(text)
        #expect(problem == nil && warning == nil)
    }

    @Test func `a pattern from the environment is not shown`() {
        var problems = Problems()
        var value = ConfigValue(
            .string("/s3cr3t/i"), at: ConfigLocation(root: TextPosition(line: 1, column: 1)))
        value.shownAs = "${env:X}"
        _ = Pattern.decode(value, into: &problems)
        #expect(problems.sorted.first?.sentence.contains("s3cr3t") == false)
    }

    @Test(arguments: ["casino|", "a*", "(?i)(?:x|)", "^"])
    func `a pattern that matches nothing matches everywhere`(text: String) throws {
        #expect(try Pattern(text).matchesNothingAnywhere)
    }

    @Test(arguments: [".*", "^$", "a+", "\\b", "casino"])
    func `other patterns don't`(text: String) throws {
        #expect(try !Pattern(text).matchesNothingAnywhere)
    }
}
