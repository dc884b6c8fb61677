import Sockets
import Glibc
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// Renames and rotations while files are tailed, each case by itself.
@Suite(.timeLimit(.minutes(10))) struct RotationTests {
    @Test(arguments: [true, false])
    func `a renamed file is read to its end before the new one`(hearsEvents: Bool) throws {
        let folder = try TailFolder(hearsEvents: hearsEvents)
        folder.append("one\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.append("two\n", to: "app.log")
        folder.rotate("app.log")
        folder.append("three\n", to: "app.log.1")
        folder.append("four\n", to: "app.log")
        folder.read()
        #expect(folder.texts == ["one", "two", "three", "four"])
        #expect(folder.lines.allSatisfy { $0.sender == "app.log" })
    }

    @Test func `late lines of a rotated file come in as long as it is not quiet`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.rotate("app.log")
        folder.append("new\n", to: "app.log")
        for number in 0..<5 {
            folder.wait(.seconds(4))
            folder.append("late \(number)\n", to: "app.log.1")
            folder.read()
        }
        #expect(folder.texts == ["one", "new"] + (0..<5).map { "late \($0)" })
        folder.wait(.seconds(6))
        #expect(folder.files?.index.all.count == 1)
    }

    @Test func `rotations that nobody saw are read in their order`() throws {
        let folder = try TailFolder()
        folder.append("line 0\n", to: "app.log")
        try folder.start()
        for number in 1...15 {
            folder.rotate("app.log")
            folder.append("line \(number)\n", to: "app.log")
        }
        folder.read()
        #expect(folder.texts == (0...15).map { "line \($0)" })
    }

    @Test func `what is rotated while nothing can be handed over is not lost`() throws {
        let folder = try TailFolder()
        folder.append("line 0\n", to: "app.log")
        try folder.start()
        for number in 1...15 {
            folder.rotate("app.log")
            folder.append("line \(number)\n", to: "app.log")
            // Deleted even: what has been noticed is open.
            folder.scan()
            folder.remove("app.log.1")
        }
        folder.read()
        #expect(folder.texts == (0...15).map { "line \($0)" })
    }

    @Test(arguments: 1...3)
    func `what is rotated between a look and the opening is found`(times: Int) throws {
        let folder = try TailFolder()
        folder.append("line 0\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.rotate("app.log")
        folder.append("line 1\n", to: "app.log")
        var number = 1
        folder.files?.descriptors.willOpen = { [unowned folder] _ in
            if number > times { return }
            number += 1
            folder.rotate("app.log")
            folder.append("line \(number)\n", to: "app.log")
        }
        folder.read()
        folder.wait(.seconds(3))
        #expect(folder.texts == (0...times + 1).map { "line \($0)" })
    }

    @Test(arguments: [true, false])
    func `what a copy has that was not read is read there`(hearsEvents: Bool) throws {
        let folder = try TailFolder(hearsEvents: hearsEvents)
        folder.append("one\ntwo\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.append("three\n", to: "app.log")
        folder.copyAndTruncate("app.log")
        folder.append("four\n", to: "app.log")
        folder.read()
        #expect(folder.texts == ["one", "two", "three", "four"])
    }

    @Test func `a copy that was read already is not read again`() throws {
        let folder = try TailFolder()
        folder.append("one\ntwo\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.copyAndTruncate("app.log")
        folder.read()
        folder.copyAndTruncate("app.log")
        folder.append("three\n", to: "app.log")
        folder.read()
        folder.wait(.seconds(10))
        #expect(folder.texts == ["one", "two", "three"])
    }

    @Test(arguments: [true, false])
    func `nothing comes in that nobody asked for`(isRestarted: Bool) throws {
        let folder = try TailFolder("worker.log")
        folder.configuration.excluded = [PathPattern("worker.log.9")]
        folder.append("one\n", to: "worker.log")
        try folder.start()
        folder.read()
        for name in ["worker-8080.log", "worker.log.9"] { folder.append("secret\n", to: name) }
        if isRestarted {
            folder.kill()
            try folder.start()
        }
        folder.append("two\n", to: "worker.log")
        folder.wait(.seconds(3))
        for name in ["worker-8080.log", "worker.log.9"] { folder.append("secret\n", to: name) }
        folder.rename("worker.log", to: "worker.log.1")
        folder.append("three\n", to: "worker.log")
        folder.wait(.seconds(3))
        folder.truncate("worker.log")
        folder.append("four\n", to: "worker.log")
        folder.wait(.seconds(9))
        #expect(folder.texts == ["one", "two", "three", "four"])
    }

    @Test func `a copy that is just being made is no file of its own`() throws {
        let folder = try TailFolder()
        try folder.start()
        var expected: [String] = []
        for round in 0..<6 {
            let lines = (0..<50).map { "round \(round), line \($0)" }
            // As a copying program does.
            folder.append(lines.map { "\($0)\n" }.joined(), to: "app.log")
            if folder.exists("app.log.1") { folder.truncate("app.log.1") }
            if round % 2 == 0 { folder.append("", to: "app.log.1") }
            folder.scan()
            if let batch = folder.nextBatch() { folder.publish(batch) }
            folder.append(folder.content(of: "app.log"), to: "app.log.1")
            folder.read()
            folder.truncate("app.log")
            folder.read()
            expected += lines
        }
        folder.wait(.seconds(9))
        #expect(folder.texts == expected)
    }

    @Test(arguments: [false, true])
    func `the same copy may be made again and again`(readsBetween: Bool) throws {
        let folder = try TailFolder()
        try folder.start()
        var expected: [String] = []
        for round in 0..<8 {
            let lines = (0..<50).map { "round \(round), line \($0)" }
            folder.append(lines.map { "\($0)\n" }.joined(), to: "app.log")
            expected += lines
            if readsBetween { folder.read() }
            let content = folder.content(of: "app.log")
            if round > 0 { folder.truncate("app.log.1") }
            folder.append(content, to: "app.log.1")
            folder.truncate("app.log")
            folder.read()
        }
        folder.wait(.seconds(9))
        #expect(folder.texts == expected)
    }

    @Test func `a truncated file is read from its start`() throws {
        let folder = try TailFolder()
        folder.append("one\ntwo\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.truncate("app.log")
        folder.append("three\n", to: "app.log")
        folder.read()
        #expect(folder.texts == ["one", "two", "three"])
    }

    @Test func `so is one that has grown past the old place at once`() throws {
        let folder = try TailFolder()
        let header = String(repeating: "the same header\n", count: 100)
        folder.append("\(header)one\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.truncate("app.log")
        folder.append("\(header)two\n\(header)three\n", to: "app.log")
        folder.read()
        let texts = folder.texts.filter { $0 != "the same header" }
        #expect(texts == ["one", "two", "three"])
    }

    @Test func `so is one whose lines all end alike`() throws {
        let folder = try TailFolder()
        let ending = String(repeating: "the same ", count: 12)
        folder.append((0..<20).map { "\($0 + 100) \(ending)\n" }.joined(), to: "app.log")
        try folder.start()
        folder.read()
        folder.truncate("app.log")
        folder.append((0..<30).map { "\($0 + 200) \(ending)\n" }.joined(), to: "app.log")
        folder.read()
        #expect(
            folder.texts.map { $0.prefix(3) }
                == (Array(100..<120) + Array(200..<230)).map { "\($0)" })
    }

    @Test func `what was truncated to a part is read again rather than lost`() throws {
        let folder = try TailFolder()
        folder.append("one\ntwo\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.truncate("app.log", to: 4)
        folder.append("three\n", to: "app.log")
        folder.read()
        #expect(folder.texts == ["one", "two", "one", "three"])
    }

    @Test func `a deleted file is read to its end, half line and all`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "app.log")
        try folder.start()
        folder.append("two\nthr", to: "app.log")
        folder.remove("app.log")
        folder.read()
        #expect(folder.texts == ["one", "two"])
        folder.wait(.seconds(6))
        #expect(folder.texts == ["one", "two", "thr"])
        folder.append("four\n", to: "app.log")
        folder.wait(.seconds(3))
        #expect(folder.texts == ["one", "two", "thr", "four"])
    }

    @Test func `a symbolic link that leads elsewhere is followed there`() throws {
        let folder = try TailFolder("current.log")
        folder.append("old 1\n", to: "2025-01.txt")
        folder.pointLink("current.log", at: "2025-01.txt")
        try folder.start()
        folder.read()
        folder.append("old 2\n", to: "2025-01.txt")
        folder.append("new 1\n", to: "2025-02.txt")
        folder.pointLink("current.log", at: "2025-02.txt")
        folder.append("old 3\n", to: "2025-01.txt")
        folder.wait(.seconds(3))
        #expect(folder.texts == ["old 1", "old 2", "old 3", "new 1"])
        folder.wait(.seconds(6))
        // Back again: nothing is read twice.
        folder.pointLink("current.log", at: "2025-01.txt")
        folder.append("old 4\n", to: "2025-01.txt")
        folder.wait(.seconds(3))
        #expect(folder.texts.suffix(2) == ["new 1", "old 4"])
    }

    @Test(arguments: [true, false])
    func `what a symbolic link leads to may be rotated`(hearsEvents: Bool) throws {
        let folder = try TailFolder("links/pod.log", hearsEvents: hearsEvents)
        folder.makeDirectory("links")
        folder.makeDirectory("data")
        folder.append("one\n", to: "data/0.log")
        folder.pointLink("links/pod.log", at: "../data/0.log")
        try folder.start()
        folder.read()
        for number in 1...3 {
            folder.append("last \(number)\n", to: "data/0.log")
            folder.rotate("data/0.log")
            folder.append("first \(number)\n", to: "data/0.log")
            if number != 2 { folder.wait(.seconds(3)) }
        }
        #expect(
            folder.texts
                == ["one"] + (1...3).flatMap { ["last \($0)", "first \($0)"] })
    }

    @Test func `a file with two names is read once`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        folder.link("a.log", as: "b.log")
        try folder.start()
        folder.read()
        folder.append("two\n", to: "b.log")
        folder.read()
        folder.remove("a.log")
        folder.append("three\n", to: "b.log")
        folder.wait(.seconds(10))
        #expect(folder.texts == ["one", "two", "three"])
        #expect(folder.lines.map(\.sender) == ["a.log", "a.log", "b.log"])
    }

    @Test func `a file renamed within the glob is not read again`() throws {
        let folder = try TailFolder("app.log*")
        folder.append("one\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.rotate("app.log")
        folder.append("two\n", to: "app.log")
        folder.read()
        folder.append("three\n", to: "app.log.1")
        folder.read()
        #expect(folder.texts == ["one", "two", "three"])
        #expect(folder.lines.map(\.sender) == ["app.log", "app.log", "app.log.1"])
    }

    @Test func `directories may come and go`() throws {
        let folder = try TailFolder("**/*.log")
        try folder.start()
        folder.makeDirectory("one")
        folder.read()
        folder.makeDirectory("one/two")
        folder.append("a\n", to: "one/two/x.log")
        folder.wait(.seconds(3))
        folder.wait(.seconds(3))
        #expect(folder.texts == ["a"])
        folder.remove("one/two/x.log")
        folder.removeDirectory("one/two")
        folder.wait(.seconds(10))
        folder.makeDirectory("one/two")
        folder.append("b\n", to: "one/two/x.log")
        folder.wait(.seconds(3))
        folder.wait(.seconds(3))
        #expect(folder.texts == ["a", "b"])
    }

    @Test func `a directory that is renamed takes its files with it`() throws {
        let folder = try TailFolder("live/*.log")
        folder.makeDirectory("live")
        folder.append("one\n", to: "live/x.log")
        try folder.start()
        folder.read()
        folder.append("two\n", to: "live/x.log")
        folder.rename("live", to: "old")
        folder.makeDirectory("live")
        folder.append("three\n", to: "live/x.log")
        folder.wait(.seconds(3))
        folder.wait(.seconds(3))
        #expect(folder.texts == ["one", "two", "three"])
    }

    @Test func `too many events at once are no loss`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.append("two\n", to: "app.log")
        folder.append("new\n", to: "other.log")
        folder.files?.recordEvent(.overflow)
        // As the kernel's own events would be lost.
        let batch = try #require(folder.nextBatch())
        folder.publish(batch)
        folder.wait(.seconds(3))
        #expect(folder.texts.sorted() == ["new", "one", "two"])
    }

    @Test func `an empty file that was rotated is followed once`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.rotate("app.log")
        folder.append("", to: "app.log")
        folder.rotate("app.log")
        folder.append("two\n", to: "app.log")
        try folder.start()
        for _ in 0..<3 { folder.wait(.seconds(9)) }
        for number in 3...5 {
            folder.truncate("app.log")
            folder.append("line \(number)\n", to: "app.log")
            folder.wait(.seconds(9))
        }
        let inode = try FileStatus(FilePath(folder.place("app.log.1"))).id.inode
        let followed = folder.log.sentences.filter {
            $0.contains("followed from byte 0 on (\(inode))")
        }
        #expect(followed.count == 1)
        // What is written to it later is read.
        folder.append("late\n", to: "app.log.1")
        folder.truncate("app.log")
        folder.wait(.seconds(9))
        #expect(folder.texts == ["one", "two", "line 3", "line 4", "line 5", "late"])
    }
}
