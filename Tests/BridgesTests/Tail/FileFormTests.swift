import TestSupport
import Testing

@testable import TailBridge

/// Files that are written otherwise than most.
@Suite(.timeLimit(.minutes(10))) struct FileFormTests {
    private static let text = "one\r\ntwo ñ 😀\n\nthree\n"

    private func wide(_ text: String, isLittle: Bool, mark: Bool = true) -> [UInt8] {
        ((mark ? "\u{FEFF}" : "") + text).utf16.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return isLittle ? [low, high] : [high, low]
        }
    }

    @Test(arguments: [true, false])
    func `two bytes a character are known by their mark, however they come`(isLittle: Bool) throws {
        let bytes = wide(Self.text, isLittle: isLittle)
        for split in 1..<bytes.count {
            let folder = try TailFolder()
            try folder.start()
            for part in [bytes[..<split], bytes[split...]] {
                folder.append(Array(part), to: "a.log")
                folder.read()
            }
            try #require(folder.texts == ["one", "two ñ 😀", "three"], "split at \(split)")
            folder.kill()
            folder.append(wide("four\n", isLittle: isLittle, mark: false), to: "a.log")
            try folder.start()
            folder.read()
            try #require(folder.texts.last == "four", "split at \(split)")
            #expect(folder.lines.last?.position == UInt64(bytes.count))
        }
    }

    @Test(arguments: [true, false])
    func `such files are followed from their end, and long lines are cut`(isLittle: Bool) throws {
        let folder = try TailFolder()
        folder.configuration.startsAtEnd = true
        folder.configuration.maxMessageBytes = 64
        folder.append(wide("old\nol", isLittle: isLittle), to: "a.log")
        try folder.start()
        folder.read()
        let long = String(repeating: "x", count: 300_000)
        let new = wide("d\nnew\n\(long)\nlast\n", isLittle: isLittle, mark: false)
        folder.append(new, to: "a.log")
        folder.read()
        #expect(folder.texts.count == 4)
        #expect(folder.texts.prefix(2) == ["old", "new"] && folder.texts.last == "last")
        #expect(folder.texts[2].hasPrefix(String(long.prefix(64)) + " […+"))
    }

    @Test func `carriage returns end lines where nothing else does`() throws {
        let folder = try TailFolder()
        try folder.start()
        folder.append("one\rtwo\rthr", to: "a.log")
        folder.read()
        #expect(folder.texts == [])
        folder.wait(.seconds(2))
        folder.wait(.seconds(2))
        #expect(folder.texts == ["one", "two"])
        folder.append("ee\r", to: "a.log")
        folder.wait(.seconds(2))
        folder.wait(.seconds(2))
        #expect(folder.texts == ["one", "two", "three"])
        let lines = (0..<20_000).map { "line \($0)" }
        folder.append(lines.map { "\($0)\r" }.joined(), to: "b.log")
        folder.read()
        #expect(folder.texts.count == 20_003)
        folder.append("more\rha", to: "b.log")
        folder.kill()
        try folder.start()
        folder.read()
        #expect(folder.texts.suffix(2) == ["line 19999", "more"])
    }

    @Test func `carriage returns within lines are none`() throws {
        let folder = try TailFolder()
        try folder.start()
        folder.append("10%\r20%\rdone\r\nnext\r\n", to: "a.log")
        folder.wait(.seconds(2))
        folder.wait(.seconds(2))
        #expect(folder.texts == ["10%\n20%\ndone", "next"])
    }

    @Test func `NULs in a file end half a line`() throws {
        let folder = try TailFolder()
        folder.append(Array("one\nhalf".utf8) + [0, 0, 0] + Array("next\n".utf8), to: "a.log")
        try folder.start()
        folder.read()
        folder.append([0x61, 0, 0x62, 0, 0, 10] + Array("last\n".utf8), to: "a.log")
        folder.read()
        #expect(folder.texts == ["one", "half", "next", "a", "b", "last"])
        #expect(folder.lines.map(\.position) == [0, 4, 11, 16, 18, 22])
    }
}
