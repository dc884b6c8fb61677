import Testing

@testable import Chat
@testable import TailBridge

/// Files that begin alike and are not the same: what one has that the other has not is read.
@Suite(.timeLimit(.minutes(10))) struct AlikeFilesTests {
    @Test func `a file that was cut, written to and rotated meanwhile is no copy of what it was`()
        throws
    {
        let folder = try TailFolder()
        folder.append("the first of them\nanother one\nand what is cut off\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.truncate("app.log", to: 18)
        folder.append("it is new\n", to: "app.log")
        folder.rotate("app.log")
        folder.append("newer\n", to: "app.log")
        try folder.start()
        folder.read()
        #expect(folder.texts.contains("it is new"))
        #expect(folder.texts.last == "newer")
    }

    @Test(arguments: [true, false])
    func `a rotated file is no copy of another's half line that it begins with`(hears: Bool) throws
    {
        let folder = try TailFolder(hearsEvents: hears)
        folder.append("line 2", to: "app.log")
        try folder.start()
        folder.read()
        folder.rotate("app.log")
        folder.append("line 28\nline 29\n", to: "app.log")
        folder.rotate("app.log")
        folder.append("line 30\n", to: "app.log")
        folder.wait(.seconds(9))
        folder.wait(.seconds(9))
        #expect(folder.texts.sorted() == ["line 2", "line 28", "line 29", "line 30"])
    }

    @Test(arguments: [true, false])
    func `rotations may begin with the same header`(hears: Bool) throws {
        let header = "time and name and what was said\n"
        let folder = try TailFolder(hearsEvents: hears)
        folder.append(header, to: "app.log")
        try folder.start()
        folder.read()
        folder.rotate("app.log")
        folder.append(header + "1\n", to: "app.log")
        folder.rotate("app.log")
        folder.append(header + "2\n", to: "app.log")
        folder.read()
        #expect(folder.texts.filter { $0.count == 1 } == ["1", "2"])
        // Neither is what is shorter.
        folder.append(String(repeating: "long\n", count: 20), to: "app.log")
        folder.read()
        folder.rotate("app.log")
        folder.append(header + "3\n", to: "app.log")
        folder.rotate("app.log")
        folder.append(header + "4\n", to: "app.log")
        folder.wait(.seconds(9))
        #expect(folder.texts.filter { $0.count == 1 } == ["1", "2", "3", "4"])
    }

    @Test(arguments: [true, false])
    func `what begins as a half line did is still another generation`(hears: Bool) throws {
        let folder = try TailFolder(hearsEvents: hears)
        folder.append("li", to: "app.log")
        try folder.start()
        folder.read()
        folder.append("line 1\nline 2\n", to: "app.log")
        folder.copyAndTruncate("app.log")
        folder.append("line 3\n", to: "app.log")
        folder.copyAndTruncate("app.log")
        folder.append("line 4\n", to: "app.log")
        folder.wait(.seconds(9))
        #expect(folder.texts == ["liline 1", "line 2", "line 3", "line 4"])
    }

    @Test(arguments: [true, false])
    func `what was cut and has grown past what was read is told after a restart`(isRotated: Bool)
        throws
    {
        func lines(_ numbers: Range<Int>) -> String {
            numbers.map { "line \($0)\n" }.joined()
        }
        let same = String(repeating: "the same line in all of them\n", count: 4)
        let folder = try TailFolder()
        folder.append(lines(1_000..<2_000) + same, to: "app.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.truncate("app.log", to: 5_000)
        folder.append(lines(2_500..<3_000) + same + "last\n", to: "app.log")
        if isRotated { folder.rotate("app.log") }
        try folder.start()
        folder.wait(.seconds(9))
        #expect(folder.texts.count { $0 == "line 1499" } == 1)
        #expect(folder.texts.filter { $0.hasPrefix("line 2") }.count == 500)
        #expect(folder.texts.last == "last")
    }

    @Test(arguments: [true, false])
    func `what was rotated away before any of it was kept is found after a restart`(hears: Bool)
        throws
    {
        let folder = try TailFolder(hearsEvents: hears)
        folder.append("before\n", to: "app.log.1")
        try folder.start()
        folder.read()
        folder.append("1\n", to: "app.log")
        folder.scan()
        folder.kill()
        folder.rotate("app.log")
        folder.append("2\n", to: "app.log")
        folder.rotate("app.log")
        try folder.start()
        folder.append("3\n", to: "app.log")
        folder.wait(.seconds(9))
        #expect(folder.texts == ["1", "2", "3"])
    }

    @Test func `what is written over an old file is read where nothing else has it`() throws {
        let folder = try TailFolder()
        folder.append("1\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.rotate("app.log")
        folder.append("a file that nobody has looked at\n", to: "app.log")
        folder.kill()
        folder.append("2\n", to: "app.log.1")
        try folder.start()
        folder.read()
        folder.rename("app.log", to: "away")
        folder.append("so new that it is not known\n", to: "app.log")
        folder.truncate("app.log.1")
        folder.append(folder.content(of: "app.log"), to: "app.log.1")
        folder.truncate("app.log")
        folder.wait(.seconds(9))
        folder.wait(.seconds(9))
        #expect(folder.texts.contains("so new that it is not known"))
    }

    @Test func `lines that end alike are told by how they begin`() throws {
        let end = String(repeating: "the same ", count: 20)
        let folder = try TailFolder()
        folder.append((10...40).map { "\($0) \(end)\n" }.joined(), to: "app.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.truncate("app.log", to: 20 * (end.utf8.count + 4))
        folder.append((50...54).map { "\($0) \(end)\n" }.joined(), to: "app.log")
        try folder.start()
        folder.read()
        let new = Set(folder.texts.map { $0.prefix(2) }).subtracting((10...40).map { "\($0)" })
        #expect(new == ["50", "51", "52", "53", "54"])
    }

    @Test func `a copy over an old file that was emptied before is no tailLog`() throws {
        let folder = try TailFolder()
        folder.append("1\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.truncate("app.log")
        folder.rotate("app.log")
        folder.append("what is copied later\n", to: "app.log")
        folder.read()
        folder.append("unread\n", to: "app.log")
        folder.append(folder.content(of: "app.log"), to: "app.log.1")
        folder.truncate("app.log")
        folder.append("3\n", to: "app.log")
        folder.wait(.seconds(9))
        #expect(folder.texts == ["1", "what is copied later", "unread", "3"])
    }
}
