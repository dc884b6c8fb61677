import TestSupport
import Testing

@testable import TailBridge

/// The knowledge that one run leaves to the next.
@Suite struct FileRecordsTests {
    private let configuration = TailConfiguration(
        patterns: [PathPattern("/var/log/*.log")], excluded: [PathPattern("not.log")])

    private func record(_ path: String, isFinished: Bool = false) -> FileRecord {
        FileRecord(
            id: FileStatus.file(7).id, fingerprint: FileFingerprint(), path: FilePath(path),
            target: FilePath(path), modified: 1, isFinished: isFinished)
    }

    private func restored(
        _ kept: [String: [UInt8]]
    ) -> (records: FileRecords, problems: FileRecords.Problems) {
        var records = FileRecords()
        let problems = records.restore(kept, configuration)
        return (records, problems)
    }

    @Test func `the first run has missed nothing`() {
        #expect(restored([:]).records.earlierRun.knowsAllBefore)
        let patterns = [CheckpointKey.patterns: Array("/a\n/b".utf8)]
        #expect(!restored(patterns).records.earlierRun.knowsAllBefore)
        #expect(restored(patterns).records.earlierRun.patterns == ["/a", "/b"])
        let all = patterns.merging([CheckpointKey.known: [1]]) { $1 }
        #expect(restored(all).records.earlierRun.knowsAllBefore)
    }

    @Test func `a file that was not read to its end is searched for`() {
        let live = record("/var/log/a.log")
        #expect(restored([live.key: live.state]).records.inactive.isUnfound(live))
        let finished = record("/var/log/a.log", isFinished: true)
        let (records, problems) = restored([finished.key: finished.state])
        #expect(!records.inactive.hasUnfound)
        #expect(records.inactive.count == 1)
        #expect(problems.unasked.isEmpty && problems.unreadable.isEmpty)
    }

    @Test func `a file that was tailed by its rotated name is the live one's`() {
        let rotated = record("/var/log/a.log.1")
        let (records, problems) = restored([rotated.key: rotated.state])
        #expect(records.inactive.unfound(of: FilePath("/var/log/a.log")).count == 1)
        #expect(problems.unasked.isEmpty)
    }

    @Test(arguments: ["/var/log/not.log", "/elsewhere/a.log"])
    func `a file that no pattern asks for is kept, and not searched for`(path: String) {
        let other = record(path)
        let (records, problems) = restored([other.key: other.state])
        #expect(records.inactive.count == 1)
        #expect(!records.inactive.hasUnfound)
        #expect(problems.unasked == [FilePath(path)])
    }

    @Test func `ignored files, marks and what can't be read are told apart`() {
        let ignored = record("/var/log/a.log", isFinished: true)
        var marks = RotationMarks()
        #expect(marks.insert(3, of: ignored.path) == true)
        #expect(marks.insert(3, of: ignored.path) == false)
        let (records, problems) = restored([
            IgnoredFiles.key(ignored): ignored.state, CheckpointKey.marks: marks.state,
            "1:2": Array("nonsense".utf8),
        ])
        #expect(records.ignored.contains(ignored.id))
        #expect(records.inactive.count == 0)
        #expect(records.rotationMarks[ignored.path] == [3])
        #expect(records.rotationMarks.state == marks.state)
        #expect(problems.unreadable == ["1:2"])
    }
}
