import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// Files that were rotated before anything was followed.
@Suite(.timeLimit(.minutes(10))) struct IgnoredFilesTests {
    /// A directory with a rotated file, and a live one that has been read.
    private func followed() throws -> TailFolder {
        let folder = try TailFolder()
        folder.append("an old line of some length\nha", to: "app.log.1")
        folder.append("one\n", to: "app.log")
        try folder.start()
        folder.read()
        return folder
    }

    /// As copying does over a file that is there, or with the number of one that was deleted.
    private func copyAndTruncate(_ name: String, over copy: String, in folder: TailFolder) {
        folder.truncate(copy)
        folder.append(folder.content(of: name), to: copy)
        folder.truncate(name)
    }

    @Test func `they are not read`() throws {
        let folder = try followed()
        for number in 2...4 {
            folder.rotate("app.log")
            folder.append("\(number)\n", to: "app.log")
            folder.wait(.seconds(3))
        }
        folder.copyAndTruncate("app.log")
        folder.remove("app.log")
        folder.read()
        folder.wait(.seconds(9))
        #expect(folder.texts == ["one", "2", "3", "4"])
    }

    @Test(arguments: ["two, the last line that there is\n", "2\n", "an old line, not read\n"])
    func `a copy that has the number of one is read on`(unread: String) throws {
        let folder = try followed()
        folder.append(unread, to: "app.log")
        copyAndTruncate("app.log", over: "app.log.1", in: folder)
        folder.append("three\n", to: "app.log")
        folder.wait(.seconds(9))
        #expect(folder.texts == ["one", String(unread.dropLast()), "three"])
    }

    @Test func `a copy that has the number of one is not read again by the next run`() throws {
        let folder = try followed()
        folder.append("two, and this is in the first copy\n", to: "app.log")
        folder.copyAndTruncate("app.log")
        folder.append("three, and this is in the second copy\n", to: "app.log")
        folder.wait(.seconds(9))
        folder.rename("app.log.1", to: "app.log.3")
        folder.rename("app.log.2", to: "app.log.1")
        copyAndTruncate("app.log", over: "app.log.1", in: folder)
        folder.append("four\n", to: "app.log")
        folder.read()
        folder.remove("app.log")
        folder.read()
        folder.wait(.seconds(9))
        folder.kill()
        try folder.start()
        folder.wait(.seconds(9))
        #expect(folder.texts.map { $0.prefix(5) } == ["one", "two, ", "three", "four"])
    }

    @Test func `of one that a writer stayed on only what is new is read`() throws {
        let folder = try followed()
        folder.append("lf\nlate\n", to: "app.log.1")
        folder.append("two\n", to: "app.log")
        folder.rotate("app.log")
        folder.append("three\n", to: "app.log")
        folder.wait(.seconds(9))
        #expect(folder.texts.sorted() == ["half", "late", "one", "three", "two"])
    }

    @Test func `one that was short counts only as long as it is as it was`() throws {
        let folder = try TailFolder()
        folder.append("begun\n", to: "app.log.1")
        folder.append("one\n", to: "app.log")
        try folder.start()
        let file = try OpenFile(FilePath(folder.place("app.log.1")))
        #expect(folder.files?.records.ignored.size(of: file, try file.status()) == 6)
        folder.append("and gone on\n", to: "app.log.1")
        #expect(folder.files?.records.ignored.size(of: file, try file.status()) == nil)
    }
}
