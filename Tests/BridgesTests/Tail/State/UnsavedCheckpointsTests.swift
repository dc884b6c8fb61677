import Testing

@testable import TailBridge

@Suite struct UnsavedCheckpointsTests {
    @Test func `records of tailed files are more recent than what was to be saved`() {
        var unsaved = UnsavedCheckpoints()
        unsaved.save([1], as: "1:1")
        unsaved.delete("1:2")
        var batch: [String: [UInt8]] = ["1:1": [9]]
        unsaved.move(to: &batch, isComplete: true)
        #expect(batch == ["1:1": [9], "1:2": []])
        #expect(unsaved.isEmpty)
    }

    @Test func `what concerns all files comes after each of them`() {
        var unsaved = UnsavedCheckpoints()
        unsaved.save([1], as: CheckpointKey.patterns)
        unsaved.save([2], as: CheckpointKey.known)
        unsaved.save([3], as: CheckpointKey.marks)
        var batch: [String: [UInt8]] = [:]
        unsaved.move(to: &batch, isComplete: false)
        #expect(batch == [CheckpointKey.marks: [3]])
        #expect(!unsaved.isEmpty)
        unsaved.move(to: &batch, isComplete: true)
        #expect(batch.count == 3)
        #expect(unsaved.isEmpty)
    }

    @Test func `a later state of a checkpoint is the one that is saved`() {
        var unsaved = UnsavedCheckpoints()
        unsaved.save([1], as: "1:1")
        unsaved.delete("1:1")
        var batch: [String: [UInt8]] = [:]
        unsaved.move(to: &batch, isComplete: true)
        #expect(batch == ["1:1": []])
    }
}
