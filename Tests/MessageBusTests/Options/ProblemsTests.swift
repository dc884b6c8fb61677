import Testing

@testable import MessageBus

@Suite struct ProblemsTests {
    private func location(_ line: Int) -> ConfigLocation {
        ConfigLocation(root: TextPosition(line: line, column: 1))
    }

    @Test func `a hundred are kept, the first by position, and all are counted`() {
        var problems = Problems()
        for line in (1...5_000).reversed() { problems.add("no. \(line)", at: location(line)) }
        for line in 1...3 { problems.warn("perhaps", at: location(line)) }
        #expect(problems.count == 5_000)
        #expect(problems.warningCount == 3)
        #expect(problems.sorted.map(\.line) == Array(1...100))
        var all = Problems()
        all.add("before", at: location(1))
        all.add(problems)
        #expect(all.count == 5_001)
        #expect(all.sorted.first?.sentence == "before")
    }

    @Test func `a warning is no problem and says what it is`() {
        var problems = Problems()
        problems.warn(
            "perhaps", at: location(7).member("log", at: TextPosition(line: 7, column: 3)))
        #expect(problems.isEmpty)
        #expect(
            problems.sortedWarnings.first?.rendered(in: "f") == "f:7:3: warning: log: perhaps")
    }

    @Test func `names are compared as long as somebody would wait for it`() {
        let names = (0..<150_000).map { "room-\($0)" }
        var problems = Problems(rooms: names)
        #expect(problems.nearest(to: "room-12x", among: names) == "room-12")
        for _ in 0..<50 { _ = problems.nearest(to: "rom-77", among: names) }
        #expect(problems.nearest(to: "room-12x", among: names) == nil)
        #expect(problems.hasRoom("room-149999"))
    }

    @Test(arguments: [
        ("~/a", "a path without \"~\", which only a shell knows", "${env:HOME}/a"),
        ("~ana/a", "a path without \"~\", which only a shell knows", "/home/NAME/a"),
        ("$HOME/a", "a path without \"$HOME\", which only a shell knows", "${env:HOME}/a"),
        ("", "the path of a file", nil), ("a\0", "the path of a file", nil),
        (
            String(repeating: "a", count: 256), "a path whose names have at most 255 bytes", nil
        ),
        (String(repeating: "a/", count: 2_500), "a path of at most 4095 bytes", nil),
    ])
    func `what no path can be is told`(path: String, expected: String, meant: String?) {
        let wrong = PathRules.problem(path)
        #expect(wrong?.expected == expected)
        #expect(wrong?.suggestion == meant.map { "; did you mean \($0.quoted)?" } ?? "")
    }

    @Test(arguments: ["a", "/var/log/a~", "~a", "a/$x", "$x.log", "ñ", "a b"])
    func `what may be a path is one`(path: String) {
        #expect(PathRules.problem(path) == nil)
    }
}
