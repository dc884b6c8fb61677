import Glibc
import Patterns
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// The contents that a file may have.
@Suite(.timeLimit(.minutes(10))) struct ContentTests {
    private func texts(_ bytes: [UInt8], longest: Int = 65_536) throws -> [String] {
        let folder = try TailFolder()
        folder.configuration.maxMessageBytes = longest
        folder.append(bytes, to: "a.log")
        try folder.start()
        folder.read()
        return folder.texts
    }

    @Test func `line ends of both kinds and a byte order mark are left out`() throws {
        #expect(
            try texts(Array("\u{FEFF}one\r\ntwo\n\r\n\nthree \r\n".utf8)) == [
                "one", "two", "three ",
            ])
    }

    @Test func `holes of any size are passed over`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.truncate("a.log", to: 3 << 20)
        folder.read()
        folder.append("two\n", to: "a.log")
        folder.append([0, 0, 0] + Array("three\n".utf8), to: "a.log")
        folder.read()
        #expect(folder.texts == ["one", "two", "three"])
    }

    @Test func `what is reserved is not passed over before it is written`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        folder.truncate("a.log", to: 1 << 20)
        try folder.start()
        folder.read()
        let file = open(folder.place("a.log"), O_WRONLY | O_CLOEXEC)
        _ = pwrite(file, "two\n", 4, 4)
        close(file)
        folder.read()
        #expect(folder.texts == ["one", "two"])
    }

    @Test func `half a line in what is reserved waits for its end`() throws {
        let folder = try TailFolder()
        folder.append("one\n", to: "a.log")
        folder.truncate("a.log", to: 1 << 20)
        try folder.start()
        folder.read()
        let file = open(folder.place("a.log"), O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        var place = 4
        for piece in ["half", " rest\ntwo\nthr", "ee\nfour\n"] {
            _ = pwrite(file, piece, piece.utf8.count, place)
            place += piece.utf8.count
            folder.read()
        }
        #expect(folder.texts == ["one", "half rest", "two", "three", "four"])
    }

    @Test func `so does a long one`() throws {
        let folder = try TailFolder()
        folder.configuration.maxMessageBytes = 64
        folder.append("one\n", to: "a.log")
        folder.truncate("a.log", to: 1 << 20)
        try folder.start()
        folder.read()
        let file = open(folder.place("a.log"), O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        let long = String(repeating: "x", count: 500)
        _ = pwrite(file, long, 500, 4)
        folder.read()
        _ = pwrite(file, "x\ntwo\n", 7, 504)
        folder.read()
        #expect(folder.texts == ["one", String(long.prefix(64)) + " […+437 bytes]", "two"])
    }

    @Test func `a tail of NULs is not read again for each line`() throws {
        let folder = try TailFolder()
        let count = 40 << 20
        folder.append(Array("one\n".utf8) + [UInt8](repeating: 0, count: count), to: "a.log")
        try folder.start()
        folder.read()
        for _ in 0..<3 { folder.wait(.seconds(3)) }
        let tailed = try #require(folder.files?.index.all.first)
        #expect(tailed.reading.nulRuns?.range.upperBound == UInt64(count) + 4)
        #expect(!tailed.isDirty)
        // Data behind it, and then something before that: nothing is skipped.
        let file = open(folder.place("a.log"), O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        _ = pwrite(file, "two\n", 4, 4)
        folder.append("last\n", to: "a.log")
        for _ in 0..<9 { folder.wait(.seconds(3)) }
        #expect(folder.texts == ["one", "two", "last"])
    }

    @Test func `bytes that are not UTF-8 are marked, the rest stays`() throws {
        #expect(
            try texts(Array("caf".utf8) + [0xE9] + Array(" solo\n".utf8)) == ["caf\u{FFFD} solo"])
    }

    @Test func `nothing in a line can forge another`() throws {
        #expect(try texts(Array("a\u{1B}[2Jb\rc\u{202E}d\u{85}e\n".utf8)) == ["a[2Jb\ncde"])
    }

    @Test(arguments: [100, 1_000, 300_000, 1_000_000])
    func `a line that is too long is cut and marked`(count: Int) throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: count)
        let texts = try texts(Array("a\n".utf8) + long + Array("\nb\n".utf8), longest: 64)
        let cut = String(repeating: "x", count: 64) + " […+\(count - 64) bytes]"
        #expect(texts == ["a", cut, "b"])
    }

    @Test func `a long line that comes in pieces is cut once, and the log tells`() throws {
        let folder = try TailFolder()
        folder.configuration.maxMessageBytes = 1_000
        try folder.start()
        for _ in 0..<40 {
            folder.append(String(repeating: "é", count: 10_000), to: "a.log")
            folder.read()
        }
        #expect(folder.texts == [])
        folder.append("\nnext\n", to: "a.log")
        folder.read()
        #expect(folder.texts.count == 2)
        #expect(folder.texts[0] == String(repeating: "é", count: 500) + " […+799000 bytes]")
        #expect(folder.lines[1].position == 800_001)
        #expect(folder.log.sentences.contains { $0.contains("1 line longer than maxLine cut") })
    }

    @Test func `half a line waits for its end`() throws {
        let folder = try TailFolder()
        try folder.start()
        for piece in ["he", "l", "lo", " wor"] {
            folder.append(piece, to: "a.log")
            folder.wait(.seconds(60))
            #expect(folder.texts == [])
        }
        folder.append("ld\n", to: "a.log")
        folder.read()
        #expect(folder.texts == ["hello world"])
    }

    @Test func `compressed files are skipped, and said to be`() throws {
        let folder = try TailFolder("*.log*")
        folder.append([0x1F, 0x8B, 0x08, 0x0A, 0x0A], to: "a.log.1.gz")
        folder.append([0x28, 0xB5, 0x2F, 0xFD, 0x0A, 0x0A], to: "a.log.2.zst")
        folder.append("one\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.wait(.seconds(60))
        #expect(folder.texts == ["one"])
        let sentence = try #require(
            folder.log.sentences.first { $0.hasSuffix("are compressed and not read") })
        #expect(sentence.hasPrefix("2 files (") && sentence.contains("a.log.2.zst"))
    }

    @Test func `a line says whose it is and where it stood`() throws {
        let folder = try TailFolder()
        folder.configuration.sender = "{file} of mine"
        folder.append("one\n\ntwo\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.append("three\n", to: "a.log")
        folder.read()
        let path = folder.place("a.log")
        #expect(folder.lines.map(\.position) == [0, 5, 9])
        #expect(folder.lines.allSatisfy { $0.path == path && $0.sender == "a.log of mine" })
    }

    @Test func `stack traces become one message`() throws {
        let folder = try TailFolder()
        folder.configuration.start = try Pattern(Tail.Multiline().start)
        try folder.start()
        let trace = "java.lang.Error: x\n\tat A.b\n\t... 3 more\nCaused by: y\n\tat C.d"
        folder.append("first\n\(trace)\nlast\n", to: "a.log")
        folder.read()
        #expect(folder.texts == ["first", trace])
        // What is not complete is not kept as read.
        folder.kill()
        try folder.start()
        folder.append("  and more\n", to: "a.log")
        folder.read()
        #expect(folder.texts == ["first", trace])
        folder.wait(.seconds(2))
        #expect(folder.texts == ["first", trace, "last\n  and more"])
    }

    @Test func `a long half line of a group keeps nobody busy`() throws {
        let folder = try TailFolder()
        folder.configuration.start = try Pattern(Tail.Multiline().start)
        folder.append("first\n  more\n" + String(repeating: "y", count: 1_000_000), to: "a.log")
        try folder.start()
        folder.read()
        folder.wait(.seconds(1))
        folder.wait(.seconds(1))
        folder.wait(.seconds(1))
        #expect(folder.texts == ["first\n  more"])
        #expect(folder.files.map { $0.deadline(now: folder.now, reads: true) > folder.now } == true)
    }

    @Test func `what belongs together is handed over before what came after a rotation`() throws {
        let folder = try TailFolder()
        folder.configuration.start = try Pattern(Tail.Multiline().start)
        try folder.start()
        folder.append("one\n  more\n", to: "a.log")
        folder.read()
        folder.rotate("a.log")
        folder.append("two\n  more\nthree\n", to: "a.log")
        folder.read()
        #expect(folder.texts == [])
        folder.wait(.seconds(1))
        folder.wait(.seconds(1))
        #expect(folder.texts == ["one\n  more", "two\n  more", "three"])
    }

    @Test func `lines that belong together and are too many are split, and none is lost`() throws {
        let folder = try TailFolder()
        folder.configuration.start = try Pattern("^\\S")
        folder.configuration.maxMessageBytes = 64
        let lines = (0..<30_000).map { " line \($0)" }
        folder.append("start\n" + lines.joined(separator: "\n") + "\n", to: "a.log")
        try folder.start()
        folder.read()
        folder.wait(.seconds(2))
        #expect(
            folder.texts.flatMap { $0.split(separator: "\n").map(String.init) } == ["start"] + lines
        )
        #expect(folder.texts.allSatisfy { $0.utf8.count <= 64 })
    }

    @Test func `any split of what is written gives the same messages`() throws {
        let bytes = Array("\u{FEFF}one\r\n two\r\n\0\0three\n\nfo\u{E9}ur\n".utf8)
        let expected = try texts(bytes)
        for split in 1..<bytes.count {
            let folder = try TailFolder()
            try folder.start()
            folder.append(Array(bytes[..<split]), to: "a.log")
            folder.read()
            folder.append(Array(bytes[split...]), to: "a.log")
            folder.read()
            #expect(folder.texts == expected, "split at \(split)")
        }
    }
}
