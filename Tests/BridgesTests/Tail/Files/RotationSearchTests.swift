import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// Searches while files are being renamed.
@Suite(.timeLimit(.minutes(10))) struct RotationSearchTests {
    @Test func `what is rotated on while it is looked for is found under its next name`() throws {
        let folder = try TailFolder()
        folder.append("older\n", to: "app.log.2")
        folder.append("newer\n", to: "app.log.1")
        let found = generations(in: folder) {
            folder.append("newest\n", to: "app.log")
            folder.rotate("app.log")
        }
        #expect(found.map(\.text) == ["older\n", "newer\n", "newest\n"])
        #expect(found.map(\.name) == ["app.log.3", "app.log.2", "app.log.1"])
    }

    @Test func `names that are given on all the while are no reason to go on for ever`() throws {
        let folder = try TailFolder()
        folder.append("first\n", to: "app.log.1")
        var rotations = 0
        _ = generations(in: folder, times: 1_000) {
            rotations += 1
            folder.append("next\n", to: "app.log.0")
            folder.shift("app.log")
            folder.rename("app.log.0", to: "app.log.1")
            if folder.exists("app.log.9") { folder.remove("app.log.9") }
        }
        #expect((2..<200).contains(rotations))
    }

    /// Looks for all there is, while something happens whenever a file has been asked for.
    private func generations(
        in folder: TailFolder, times: Int = 1, _ happens: @escaping () -> Void
    ) -> [(name: String, text: String)] {
        let path = FilePath(folder.place("app.log"))
        let search = RotationSearch(
            lost: FileRecord(unknownOf: path, since: 0), wantsCopy: false,
            knowledge: NoKnowledge(times: times, happens), listings: DirectoryListings())
        return search.find().files.map { found in
            let text = try? found.file.bytes(100, at: 0)
            return (
                String(decoding: found.path.name, as: UTF8.self),
                String(decoding: text ?? [], as: UTF8.self)
            )
        }
    }
}

/// Knowledge of nothing, by which something happens whenever a file has been asked for.
private final class NoKnowledge: RotationKnowledge {
    private var left: Int
    private let happens: () -> Void

    init(times: Int, _ happens: @escaping () -> Void) {
        left = times
        self.happens = happens
    }

    func isKnown(_ path: FilePath, _ id: FileID) -> Bool {
        if left > 0 { happens() }
        left -= 1
        return false
    }

    func isFollowed(_ path: FilePath) -> Bool { false }
    func isExcluded(_ path: FilePath) -> Bool { false }
    func isHeardOf(_ path: FilePath) -> Bool { false }
    func record(of file: OpenFile, _ id: FileID) -> FileRecord? { nil }
    func endOfIgnored(_ file: OpenFile, _ status: FileStatus) -> UInt64? { nil }
    func isCopy(_ file: OpenFile, _ status: FileStatus, of record: FileRecord) -> Bool { false }
    func isCopyOfAnother(_ file: OpenFile, _ status: FileStatus) -> Bool { false }
    func isCopyOfUnread(_ file: OpenFile, _ status: FileStatus) -> Bool { false }
    func placeInPart(_ file: OpenFile, _ status: FileStatus) -> UInt64? { nil }
    func ignore(_ path: FilePath) {}
}
