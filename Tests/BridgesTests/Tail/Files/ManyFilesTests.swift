import Glibc
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

@Suite(.timeLimit(.minutes(10))) struct ManyFilesTests {
    @Test func `a file that is gone before it could be opened is reported`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "b.log")
        try folder.start()
        folder.read()
        for _ in 0..<2 {
            folder.append("two\n", to: "a.log")
            folder.remove("a.log")
        }
        folder.append("one\n", to: "b.log")
        folder.rotate("b.log")
        folder.append("two\n", to: "b.log")
        folder.rotate("b.log")
        folder.wait(.seconds(3))
        folder.wait(.seconds(20))
        #expect(folder.texts == ["one", "one", "two"])
        let told = folder.log.sentences.filter { $0.contains("came and went") }
        #expect(told.count == 1)
        #expect(told.first?.contains("2 files came and went") == true)
    }

    @Test func `a file without a name is not closed for others`() throws {
        let folder = try TailFolder()
        folder.configuration.descriptors = 16
        let names = (0..<16).map { "\($0).log" }
        for name in names { folder.append("one\n", to: name) }
        try folder.start()
        folder.read()
        for name in names {
            folder.append("two\n", to: name)
            folder.remove(name)
        }
        for number in 0..<16 { folder.append("three\n", to: "new \(number).log") }
        folder.scan()
        folder.read()
        folder.wait(.seconds(9))
        #expect(folder.texts.count { $0 == "two" } == 16)
        #expect(folder.texts.count { $0 == "three" } == 16)
    }

    @Test func `what a file had that could not be opened any more is reported`() throws {
        let folder = try TailFolder()
        folder.configuration.descriptors = 4
        let names = (0..<8).map { "\($0).log" }
        for name in names { folder.append("one\n", to: name) }
        try folder.start()
        folder.read()
        let closed = try #require(folder.files).index.all.filter { $0.file == nil }.map(\.path)
        for path in closed {
            folder.append("two\n", to: String(decoding: path.name, as: UTF8.self))
        }
        for name in names { folder.remove(name) }
        folder.wait(.seconds(3))
        folder.wait(.seconds(6))
        folder.wait(.seconds(6))
        #expect(folder.files?.index.all.isEmpty == true)
        let told = folder.log.sentences.filter { $0.contains("behind byte 4 may be lost") }
        #expect(told.count == closed.count)
    }

    @Test func `a look that takes long delays neither lines nor the next look for long`() throws {
        let folder = try TailFolder(hearsEvents: false)
        folder.append("one\n", to: "a.log")
        try folder.start()
        folder.read()
        let files = try #require(folder.files)
        var spent = Duration.zero
        files.scan(now: folder.now, clock: { folder.now }) {
            spent += .seconds(1)
            return spent
        }
        #expect(files.nextScan == folder.now + .seconds(1))
        folder.append("two\n", to: "a.log")
        files.pollOpenFiles(now: folder.now)
        #expect(files.nextPoll == folder.now + .milliseconds(200))
        while let batch = folder.nextBatch() { folder.publish(batch) }
        #expect(folder.texts == ["one", "two"])
        files.schedule.requireFullScan()
        #expect(files.nextScan == folder.now + .seconds(1))
    }

    @Test(arguments: [true, false])
    func `a thousand files in a glob are followed`(hearsEvents: Bool) throws {
        let folder = try TailFolder(hearsEvents: hearsEvents)
        for number in 0..<1_000 { folder.append("a \(number)\n", to: "\(number).log") }
        try folder.start()
        folder.read()
        for number in 0..<1_000 { folder.append("b \(number)\n", to: "\(number).log") }
        folder.wait(.seconds(2))
        let expected = (0..<1_000).flatMap { ["a \($0)", "b \($0)"] }
        #expect(folder.texts.sorted() == expected.sorted())
    }

    @Test(arguments: [true, false])
    func `more files than may be open are followed`(hearsEvents: Bool) throws {
        let folder = try TailFolder(hearsEvents: hearsEvents)
        folder.configuration.descriptors = 16
        var expected: [String] = []
        try folder.start()
        for round in 0..<4 {
            for number in 0..<100 {
                let line = "\(round) \(number)"
                expected.append(line)
                folder.append("\(line)\n", to: "\(number).log")
                if round == 2, number % 3 == 0 { folder.rotate("\(number).log") }
            }
            folder.wait(.seconds(3))
            #expect(folder.files?.descriptors.openCount ?? 100 <= 16 + 40)
        }
        folder.wait(.seconds(10))
        #expect(folder.texts.sorted() == expected.sorted())
    }

    @Test func `a file that says much does not keep others from being heard`() throws {
        let folder = try TailFolder()
        folder.append(String(repeating: "much to say\n", count: 200_000), to: "a.log")
        folder.append("little\n", to: "b.log")
        try folder.start()
        // The first one has no lines.
        for _ in 0..<3 { folder.publish(try #require(folder.nextBatch())) }
        #expect(folder.texts.contains("little"))
        #expect(folder.lines.count <= 2 * (64 + 4_096))
        folder.read()
        #expect(folder.lines.count == 200_001)
    }

    @Test func `excluded files and hidden ones are not followed`() throws {
        let folder = try TailFolder("**/*.log")
        folder.configuration.excluded = [
            PathPattern("debug*"), PathPattern(folder.place("tmp/**")),
        ]
        folder.makeDirectory("tmp")
        folder.makeDirectory("sub")
        for name in ["a.log", ".b.log", "debug.log", "tmp/c.log", "sub/d.log", "sub/debug-2.log"] {
            folder.append("\(name)\n", to: name)
        }
        try folder.start()
        folder.read()
        #expect(folder.texts.sorted() == ["a.log", "sub/d.log"])
    }

    @Test func `what is no file is passed over until it is one`() throws {
        let folder = try TailFolder()
        folder.makeDirectory("a.log")
        #expect(mkfifo(folder.place("b.log"), 0o644) == 0)
        folder.pointLink("c.log", at: "nowhere")
        try folder.start()
        folder.read()
        folder.removeDirectory("a.log")
        folder.remove("b.log")
        for name in ["a.log", "b.log", "nowhere"] { folder.append("\(name)\n", to: name) }
        folder.wait(.seconds(3))
        #expect(folder.texts.sorted() == ["a.log", "b.log", "nowhere"])
    }

    // Whoever may read everything can't be refused.
    @Test(.enabled(if: geteuid() != 0))
    func `a file that becomes readable is read from its start`() throws {
        let folder = try TailFolder()
        folder.append("secret\n", to: "a.log")
        chmod(folder.place("a.log"), 0)
        try folder.start()
        folder.read()
        #expect(
            folder.log.sentences.contains { $0.hasSuffix("permission denied; it is tried again") })
        chmod(folder.place("a.log"), 0o644)
        folder.wait(.seconds(3))
        #expect(folder.texts == ["secret"])
    }

    @Test func `patterns match as in a shell`() {
        let cases: [(String, String, Bool)] = [
            ("/var/log/*.log", "/var/log/a.log", true),
            ("/var/log/*.log", "/var/log/x/a.log", false),
            ("/var/log/*.log", "/var/log/.a.log", false),
            ("/var/log/.*.log", "/var/log/.a.log", true),
            ("/var/**/*.log", "/var/a.log", true),
            ("/var/**/*.log", "/var/x/y/a.log", true),
            ("/var/**/*.log", "/usr/x/y/a.log", false),
            ("/var/**", "/var/x/y", true),
            ("/var/lo?/a", "/var/log/a", true),
            ("logs/*", "logs/a", true),
            ("logs/*", "/logs/a", false),
        ]
        for (pattern, path, matches) in cases {
            #expect(PathPattern(pattern).matches(FilePath(path)) == matches, "\(pattern) \(path)")
        }
    }

    @Test func `names that rotation gives are known`() {
        let name = RotatedName(of: "app.log".utf8)
        for rotated in [
            "app.log.1", "app.log-20250101", "app.log.2025-01-01T10",
        ] {
            #expect(name.isRotated(Array(rotated.utf8)), "\(rotated)")
        }
        for other in [
            "app.log", "app.log.1.gz", "app.log.bak", "apple.log", "app-web.log", "b.log.1",
            "app-8080.log",
        ] {
            #expect(!name.isRotated(Array(other.utf8)), "\(other)")
        }
    }
}
