import Glibc
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// Files that are cut to a part of what they were.
@Suite(.timeLimit(.minutes(10))) struct CutFileTests {
    private func lines(_ count: Int, _ word: String = "line") -> [String] {
        (0..<count).map { "\(word) \($0)" }
    }

    private func text(_ lines: [String]) -> String { lines.map { "\($0)\n" }.joined() }

    @Test(arguments: [true, false], [false, true])
    func `a file that is cut step by step is gone on with`(isRestarted: Bool, appends: Bool) throws
    {
        let folder = try TailFolder()
        let old = lines(20_000)
        folder.append(text(old), to: "app.log")
        try folder.start()
        folder.read()
        var size = folder.content(of: "app.log").count
        var new: [String] = []
        for step in 1...9 {
            size = size * 9 / 10 - 3
            folder.truncate("app.log", to: size)
            if appends {
                // Half a line is left, and what is written is its end.
                let content = folder.content(of: "app.log")
                let half = content[(content.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)...]
                folder.append("new \(step)\n", to: "app.log")
                new.append(String(decoding: half, as: UTF8.self) + "new \(step)")
                size = folder.content(of: "app.log").count
            }
            folder.wait(.seconds(3))
        }
        #expect(folder.texts == old + new)
        if isRestarted {
            folder.kill()
            try folder.start()
        }
        folder.append("\nlast\n", to: "app.log")
        folder.wait(.seconds(3))
        #expect(folder.texts.last == "last")
        #expect(folder.texts.count <= old.count + new.count + 2)
    }

    @Test func `of one that was cut while it was down little is repeated, and nothing lost`() throws
    {
        let folder = try TailFolder()
        let old = lines(5_000)
        folder.append(text(old), to: "app.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.truncate("app.log", to: folder.content(of: "app.log").count / 2)
        folder.append("\nnew\n", to: "app.log")
        try folder.start()
        folder.read()
        #expect(folder.texts.last == "new")
        #expect(folder.texts.count < 5_000 + 500)
    }

    @Test(arguments: [10, 100, 400])
    func `one that is written anew with the same beginning is no cut one`(count: Int) throws {
        let folder = try TailFolder()
        let header = lines(count, "header")
        folder.append(text(header + ["one is a longer line", "two"]), to: "app.log")
        try folder.start()
        folder.read()
        folder.truncate("app.log")
        folder.append(text(header + ["three"]), to: "app.log")
        folder.read()
        #expect(folder.texts.suffix(1) == ["three"])
        #expect(folder.texts.filter { $0.count < 4 } == ["two"])
    }

    @Test func `one that was cut and copied is gone on with in its copy`() throws {
        let folder = try TailFolder()
        let old = lines(2_000)
        folder.append(text(old), to: "app.log")
        try folder.start()
        folder.read()
        folder.append("unread\n", to: "app.log")
        folder.copyAndTruncate("app.log")
        folder.append(text(["line 0", "line 1"]), to: "app.log")
        folder.wait(.seconds(9))
        #expect(folder.texts == old + ["unread", "line 0", "line 1"])
    }

    @Test func `sums tell the last line that is the same`() throws {
        let folder = try TailFolder()
        let old = lines(70_000)
        folder.append(text(old), to: "app.log")
        let bytes = folder.content(of: "app.log")
        var sums = LineChecksums()
        var done = 0
        while done < bytes.count {
            let next = min(bytes.count, done + 10_000)
            let end = next == bytes.count ? next : (bytes[..<next].lastIndex(of: 0x0A) ?? 0) + 1
            bytes[done..<end].withUnsafeBytes { sums.append($0, at: UInt64(done)) }
            done = end
        }
        // The older half is forgotten.
        let start = try #require(sums.start)
        #expect(start > 0 && bytes[Int(start) - 1] == 0x0A)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_000, alignment: 8)
        defer { buffer.deallocate() }
        let file = try OpenFile(FilePath(folder.place("app.log")))
        #expect(try sums.common(with: file, buffer)?.offset == UInt64(bytes.count))
        folder.truncate("app.log", to: bytes.count - 1_000)
        let end = (bytes.dropLast(1_000).lastIndex(of: 0x0A) ?? 0) + 1
        let place = try #require(try sums.common(with: file, buffer))
        #expect(place.offset == UInt64(end))
        sums.cut(to: place)
        #expect(sums.count == place.lines)
        #expect(try sums.common(with: file, buffer)?.offset == UInt64(end))
    }

    @Test func `marks are few, and read back as they were kept`() throws {
        let folder = try TailFolder()
        folder.append(text(lines(10_000)), to: "app.log")
        try folder.start()
        folder.read()
        let marks = try #require(folder.files?.index.all.first).reading.marks
        #expect((16..<33).contains(marks.marks.count))
        #expect(FileMarks(text: marks.text).marks == marks.marks)
        let file = try OpenFile(FilePath(folder.place("app.log")))
        #expect(marks.common(with: file, size: .max) == marks.marks.last?.offset)
    }
}
