import Glibc
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// Work follows events, and reports follow changes.
@Suite(.timeLimit(.minutes(10))) struct CostTests {
    @Test func `what happens to one file concerns no other`() throws {
        let folder = try TailFolder("**/*.log")
        for directory in 0..<20 {
            folder.makeDirectory("\(directory)")
            for number in 0..<20 { folder.append("old\n", to: "\(directory)/\(number).log") }
        }
        try folder.start()
        folder.read()
        let files = try #require(folder.files)
        // Everything has been looked at: the rest is hints.
        for _ in 0..<3 { folder.wait(.seconds(3)) }
        let full = files.schedule.lastFullScan?.time
        folder.append("one\n", to: "7/7.log")
        folder.scan()
        #expect(files.pendingFiles.count == 1)
        folder.append("two\n", to: "8/new.log")
        folder.makeDirectory("8/deep")
        folder.append("three\n", to: "8/deep/new.log")
        folder.read()
        #expect(folder.texts.suffix(3).sorted() == ["one", "three", "two"])
        folder.append("four\n", to: "8/deep/new.log")
        folder.append("five\n", to: "8/deep/newer.log")
        folder.rename("8/new.log", to: "8/new.log.1")
        folder.append("six\n", to: "8/new.log")
        folder.remove("9/9.log")
        folder.read()
        #expect(folder.texts.suffix(3).sorted() == ["five", "four", "six"])
        #expect(files.schedule.lastFullScan?.time == full)
        #expect(files.pendingFiles.count == 0)
    }

    @Test func `a directory whose name another one takes is noticed at once`() throws {
        let folder = try TailFolder("live/*.log")
        folder.makeDirectory("live")
        folder.append("one\n", to: "live/x.log")
        try folder.start()
        folder.read()
        for number in 0..<3 {
            folder.rename("live", to: "old \(number)")
            folder.makeDirectory("live")
            folder.read()
            folder.append("two \(number)\n", to: "live/x.log")
            folder.read()
            folder.append("three \(number)\n", to: "live/y.log")
            folder.read()
        }
        #expect(folder.texts == ["one"] + (0..<3).flatMap { ["two \($0)", "three \($0)"] })
    }

    @Test func `many of a kind are said in one sentence, again when they have changed`() throws {
        let folder = try TailFolder()
        for number in 0..<50 { #expect(mkfifo(folder.place("\(number).log"), 0o644) == 0) }
        try folder.start()
        for _ in 0..<5 { folder.wait(.seconds(30)) }
        #expect(folder.log.sentences.count { $0.contains("named pipe") } == 1)
        #expect(
            folder.log.sentences.first { $0.contains("named pipe") }?.hasPrefix("50 paths (")
                == true)
        #expect(!folder.log.sentences.contains { $0.contains("no file matches") })
        folder.remove("7.log")
        folder.append("one\n", to: "7.log")
        for _ in 0..<5 { folder.wait(.seconds(30)) }
        #expect(folder.texts == ["one"])
        #expect(folder.log.sentences.count { $0.contains("named pipe") } == 2)
    }

    @Test func `reports are made once a minute at most, of what has changed`() {
        let report = PathReport {
            "one \($0.one) \($0.reason)"
        } many: {
            "many \($0.list)"
        }
        report.set(FilePath("/a"), "is bad")
        #expect(report.nextSentence(now: .after(.zero), isLast: false) == "one /a is bad")
        for number in 0..<20_000 { report.set(FilePath("/b \(number)"), "is bad") }
        #expect(report.nextSentence(now: .after(.seconds(1)), isLast: false) == nil)
        #expect(report.due == .after(TailLog.pause))
        let sentence = report.nextSentence(now: .after(TailLog.pause), isLast: false)
        #expect(sentence == "many 20001 files (/a, /b 0, /b 1, …)")
        report.set(FilePath("/b 7"), "is bad")
        #expect(report.nextSentence(now: .after(TailLog.pause * 9), isLast: false) == nil)
        report.remove(FilePath("/b 7"))
        #expect(report.nextSentence(now: .after(TailLog.pause * 9), isLast: false) != nil)
    }

    @Test(.enabled(if: geteuid() != 0))
    func `directories that may not be entered are one failure each`() throws {
        let folder = try TailFolder("*/*.log")
        folder.makeDirectory("closed")
        for number in 0..<100 { folder.append("one\n", to: "closed/\(number).log") }
        chmod(folder.place("closed"), 0o444)
        defer { chmod(folder.place("closed"), 0o755) }
        let search = PathSearch(folder.configuration)
        #expect(search.failures.count == 1)
        #expect(search.isUnsure(about: FilePath(folder.place("closed/7.log"))))
    }

    @Test func `a file that the daemon writes itself is not followed`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "own.log")
        folder.append("one\n", to: "other.log")
        let own = folder.place("own.log")
        folder.configuration.ownFiles = { [own] }
        try folder.start()
        folder.read()
        folder.append("two\n", to: "own.log")
        folder.wait(.seconds(3))
        // Rotated and opened anew: what was the daemon's own is so still.
        folder.rename("own.log", to: "was own.log")
        folder.append("three\n", to: "own.log")
        folder.append("three\n", to: "was own.log")
        folder.wait(.seconds(3))
        #expect(folder.texts == ["one"])
        // Whatever gets its number is another file.
        folder.truncate("was own.log")
        folder.append("of somebody else\n", to: "was own.log")
        folder.wait(.seconds(3))
        #expect(folder.texts == ["one", "of somebody else"])
        #expect(
            folder.log.sentences.contains { $0.contains("own.log is written by the daemon itself") }
        )
    }

    @Test func `what is written through a mapping is read`() throws {
        let folder = try TailFolder()
        folder.append("one\nha", to: "a.log")
        folder.truncate("a.log", to: 64 << 10)
        try folder.start()
        folder.read()
        let file = open(folder.place("a.log"), O_RDWR | O_CLOEXEC)
        defer { close(file) }
        let memory = try #require(
            mmap(nil, 64 << 10, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0))
        defer { munmap(memory, 64 << 10) }
        var place = 6
        for text in ["lf\ntwo\n", "three\n"] {
            memcpy(memory + place, text, text.utf8.count)
            place += text.utf8.count
            // As where neither size nor time tells of it.
            folder.files?.pollOpenFiles(now: folder.now)
            while let batch = folder.nextBatch() { folder.publish(batch) }
        }
        #expect(folder.texts == ["one", "half", "two", "three"])
    }
}
