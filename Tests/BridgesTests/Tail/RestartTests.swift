import Glibc
import TestSupport
import Testing

@testable import Chat
@testable import MessageBus
@testable import TailBridge

/// Restarts: a run that follows another one.
@Suite(.timeLimit(.minutes(10))) struct RestartTests {
    @Test func `at the first start files are read from their end, later ones whole`() throws {
        let folder = try TailFolder()
        folder.configuration.startsAtEnd = true
        folder.append("old\nhal", to: "a.log")
        try folder.start()
        folder.read()
        folder.append("f\nnew\n", to: "a.log")
        folder.append("whole\n", to: "b.log")
        folder.read()
        #expect(folder.texts == ["half", "new", "whole"])
        folder.kill()
        folder.append("while down\n", to: "c.log")
        try folder.start()
        folder.read()
        #expect(folder.texts == ["half", "new", "whole", "while down"])
    }

    @Test func `a kill before the first line does not read the file from its start`() throws {
        let folder = try TailFolder()
        folder.configuration.startsAtEnd = true
        folder.append("old\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.append("new\n", to: "a.log")
        try folder.start()
        folder.read()
        #expect(folder.texts == ["new"])
    }

    @Test func `what the first look found is kept before a line is read`() throws {
        let folder = try TailFolder()
        folder.append("before\n", to: "0.log.1")
        for number in 0..<1_200 { folder.append("one\n", to: "\(number).log") }
        try folder.start()
        folder.publish(try #require(folder.nextBatch()))
        #expect(folder.texts.isEmpty)
        folder.kill()
        for number in 0..<1_200 { folder.rotate("\(number).log") }
        try folder.start()
        folder.read()
        #expect(folder.texts == Array(repeating: "one", count: 1_200))
    }

    @Test func `files of a pattern that is new in bridge.json are read from their end`() throws {
        let folder = try TailFolder()
        folder.configuration.startsAtEnd = true
        folder.append("old\n", to: "b.txt")
        try folder.start()
        folder.read()
        folder.kill()
        folder.configuration.patterns.append(PathPattern(folder.place("*.txt")))
        try folder.start()
        folder.read()
        folder.append("new\n", to: "b.txt")
        folder.read()
        #expect(folder.texts == ["new"])
    }

    @Test func `what was not taken is read again, what was is not`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.append("two\n", to: "a.log")
        folder.scan()
        _ = folder.nextBatch()
        folder.kill()
        try folder.start()
        folder.read()
        #expect(folder.texts == ["one", "two"])
    }

    @Test func `a half line is completed once`() throws {
        let folder = try TailFolder()
        folder.append("one\nha", to: "a.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.append("lf\n", to: "a.log")
        try folder.start()
        folder.read()
        #expect(folder.texts == ["one", "half"])
    }

    @Test func `a file that has another matching path meanwhile is read on once`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.rename("a.log", to: "b.log")
        try folder.start()
        folder.read()
        folder.append("two\n", to: "b.log")
        folder.read()
        folder.kill()
        try folder.start()
        folder.read()
        #expect(folder.texts == ["one", "two"])
    }

    @Test func `files rotated meanwhile are found and read first`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.kill()
        for number in 1...3 {
            folder.append("last \(number)\n", to: "a.log")
            folder.rotate("a.log")
            folder.append("first \(number)\n", to: "a.log")
        }
        try folder.start()
        folder.read()
        #expect(folder.texts == ["one"] + (1...3).flatMap { ["last \($0)", "first \($0)"] })
    }

    @Test func `a file copied and truncated meanwhile is read on in its copy`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.append("two\n", to: "a.log")
        folder.copyAndTruncate("a.log")
        folder.append("three and more than there was before\n", to: "a.log")
        folder.copyAndTruncate("a.log")
        folder.append("four\n", to: "a.log")
        try folder.start()
        folder.read()
        #expect(
            folder.texts == ["one", "two", "three and more than there was before", "four"])
    }

    @Test func `a number that another file has now means nothing`() throws {
        let folder = try TailFolder()
        folder.append("one\ntwo\n", to: "a.log")
        try folder.start()
        folder.read()
        let (_, state) = try #require(folder.kept.first { $0.key.contains(":") })
        folder.kill()
        folder.remove("a.log")
        folder.append("three is here\nfour\n", to: "a.log")
        // As file systems do that give numbers of deleted files again.
        let id = try FileStatus(FilePath(folder.place("a.log"))).id
        folder.kept["\(id.device):\(id.inode)"] = state
        try folder.start()
        folder.read()
        #expect(folder.texts == ["one", "two", "three is here", "four"])
    }

    @Test func `a device may have another number`() throws {
        let folder = try TailFolder()
        folder.append("a line of some length\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.kill()
        let (key, state) = try #require(folder.kept.first { $0.key.contains(":") })
        folder.kept[key] = nil
        folder.kept["4711:" + key.split(separator: ":")[1]] = state
        folder.append("new\n", to: "a.log")
        try folder.start()
        folder.read()
        #expect(folder.texts == ["a line of some length", "new"])
        #expect(folder.kept.keys.contains(key))
        #expect(!folder.kept.keys.contains { $0.hasPrefix("4711:") })
    }

    @Test func `what can't be read of what was kept is said, and the file is read whole`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.kill()
        for key in folder.kept.keys where key.contains(":") { folder.kept[key] = [1, 2] }
        try folder.start()
        folder.read()
        #expect(folder.texts == ["one", "one"])
        #expect(folder.log.sentences.contains { $0.contains("can't be read") })
    }

    @Test func `records are read back as they were kept`() throws {
        let folder = try TailFolder()
        folder.append(String(repeating: "some line of text\n", count: 200), to: "a.log")
        let file = try OpenFile(FilePath(folder.place("a.log")))
        let status = try file.status()
        for offset in [0, 1, 15, 16, 17, 64, 1_000, 1_024, 1_025, status.size] {
            let record = FileRecord(
                id: status.id, fingerprint: try FileFingerprint(of: file, upTo: offset),
                path: FilePath("/a\n b"), target: FilePath(bytes: [0x2F, 0xFF]),
                modified: status.modified, isFinished: offset == 16)
            let copy = try #require(FileRecord(key: record.key, state: record.state))
            #expect(copy.state == record.state)
            #expect(copy.fingerprint.matches(file))
        }
    }

    @Test func `fingerprints grow as one that is taken at once`() throws {
        let folder = try TailFolder()
        let bytes = (0..<3_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        folder.append(bytes, to: "a.log")
        let file = try OpenFile(FilePath(folder.place("a.log")))
        for step in [7, 64, 100, 1_500] {
            var fingerprint = FileFingerprint()
            while Int(fingerprint.offset) + step <= bytes.count {
                let start = Int(fingerprint.offset) - fingerprint.back.count
                bytes[start...].withUnsafeBytes { fingerprint.advance(over: $0, by: step) }
                #expect(fingerprint == (try FileFingerprint(of: file, upTo: fingerprint.offset)))
            }
        }
    }
}
