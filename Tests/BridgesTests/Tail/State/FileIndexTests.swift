import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

@Suite struct FileIndexTests {
    private let path = FilePath("/a.log")

    /// Returns true if every file knows its place in the list.
    private func isInOrder(_ index: FileIndex) -> Bool {
        index.all.enumerated().allSatisfy { $0.element.slot == $0.offset }
    }

    @Test func `files of a path are found, the newest first`() {
        var index = FileIndex()
        let files = (0..<4).map { TailedFile.file($0) }
        for file in files { index.insert(file) }
        #expect(index.files(of: path).map(\.id.inode) == [3, 2, 1, 0])
        #expect(index.newest(of: path) === files[3])
        #expect(index.remove(files[1]) == false)
        #expect(index.files(of: path).map(\.id.inode) == [3, 2, 0])
        #expect(index[files[1].id] == nil)
        #expect(index.remove(files[3]) == false)
        #expect(index.newest(of: path) === files[2])
        #expect(isInOrder(index))
        #expect(index.remove(files[0]) == false)
        #expect(index.remove(files[2]) == true)
        #expect(index.all.isEmpty)
        #expect(index.files(of: path).isEmpty)
        // Once more does no harm.
        #expect(index.remove(files[2]) == false)
    }

    @Test func `a file with the number of another one takes its place`() {
        var index = FileIndex()
        let (first, second) = (TailedFile.file(7), TailedFile.file(7))
        index.insert(first)
        index.insert(second)
        #expect(index[first.id] === second)
        #expect(index.remove(first) == false)
        #expect(index[first.id] === second)
        #expect(index.isLive(first.id))
        second.lose(now: .after(.seconds(2)))
        #expect(!index.isLive(first.id))
    }

    @Test func `a file has one path at a time`() {
        var index = FileIndex()
        let (file, other) = (TailedFile.file(1), TailedFile.file(2, at: "/b.log"))
        index.insert(file)
        index.insert(other)
        #expect(index.rename(file, to: other.path) == true)
        #expect(index.newest(of: path) == nil)
        #expect(index.files(of: other.path).map(\.id.inode) == [1, 2])
        #expect(index.rename(other, to: path) == false)
        #expect(index.files(of: path).map(\.id.inode) == [2])
        #expect(index.files(of: FilePath("/b.log")).map(\.id.inode) == [1])
        #expect(isInOrder(index))
    }

    @Test func `a file that is set aside comes after those that are found meanwhile`() {
        var index = FileIndex()
        let files = (0..<3).map { TailedFile.file($0) }
        index.insert(files[0])
        index.insert(files[1])
        #expect(index.setAside(files[0]) == false)
        #expect(index.setAside(files[1]) == true)
        index.insert(files[2])
        index.append(files[1])
        #expect(index.files(of: path).map(\.id.inode) == [1, 2, 0])
        #expect(isInOrder(index))
    }

    @Test func `links are known as long as their path has a file`() {
        var index = FileIndex()
        let target = FilePath("/target")
        let files = (0..<2).map { TailedFile.file($0, target: "/target") }
        for file in files { index.insert(file) }
        #expect(index.links(to: target) == [path])
        #expect(index.remove(files[1]) == false)
        #expect(index.links(to: target) == [path])
        #expect(index.remove(files[0]) == true)
        #expect(index.links(to: target).isEmpty)
    }

    @Test func `scanned paths are replaced where they were looked at`() {
        var paths = ScannedPaths()
        let other = FilePath("/b.log")
        paths.setFiles([(path, .file(1)), (other, .file(2))], at: [], isAll: true)
        paths.setFiles([], at: [path], isAll: false)
        #expect(paths.file(at: path) == nil)
        #expect(paths.file(at: other) == FileStatus.file(2).id)
        paths.setFiles([(path, .file(3))], at: [], isAll: true)
        #expect(paths.file(at: path) == FileStatus.file(3).id)
        #expect(paths.file(at: other) == nil)
    }

    @Test func `directories are new if another one has the path`() {
        var paths = ScannedPaths()
        let (one, two) = (FileStatus.file(1).id, FileStatus.file(2).id)
        #expect(paths.setDirectories([path: one], isAll: true) == [path])
        #expect(paths.setDirectories([path: one], isAll: false) == [])
        #expect(paths.setDirectories([path: two], isAll: false) == [path])
        #expect(paths.setDirectories([:], isAll: true) == [])
        #expect(paths.setDirectories([path: two], isAll: true) == [path])
    }
}
