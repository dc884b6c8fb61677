import Testing

@testable import NATSBridge

@Suite struct InstanceProgressTests {
    /// Has a batch come; returns the numbers that were new.
    private func receive(
        _ numbers: [UInt64], index: UInt64?, _ progress: inout InstanceProgress
    ) -> [UInt64] {
        let batch = FleetBatch(
            from: "norte", index: index, numbers.map { FleetRecord(number: $0) })
        progress.begin(batch)
        defer { progress.end(batch) }
        return numbers.filter { progress.accept($0) }
    }

    @Test func `each message is new once`() {
        var progress = InstanceProgress()
        #expect(receive([3, 5], index: 0, &progress) == [3, 5])
        #expect(receive([3, 5], index: 0, &progress) == [])
        #expect(receive([5, 6], index: 1, &progress) == [6])
        #expect(progress.count == 3)
        #expect(progress.lost == 0)
    }

    @Test func `what is missing is counted wherever it is missing`() {
        var progress = InstanceProgress()
        _ = receive([1, 2], index: 0, &progress)
        _ = receive([10], index: 5, &progress)
        #expect(progress.lost == 3)
        _ = receive([20], index: 9, &progress)
        #expect(progress.lost == 6)
        progress.closeLosses()
        #expect(receive([21], index: 10, &progress) == [21])
        #expect(progress.lost == 0)
    }

    @Test func `what is put in again behind something newer is new, once`() throws {
        var progress = InstanceProgress()
        _ = receive([1, 2], index: 0, &progress)
        _ = receive([10], index: 5, &progress)
        #expect(receive([1, 2, 4, 7], index: nil, &progress) == [4, 7])
        // Again, and with the rest, by a run that knows no more than the store.
        progress = try #require(InstanceProgress(progress.state))
        #expect(receive([1, 2, 4, 7, 9, 10], index: nil, &progress) == [9])
        #expect(progress.lost == 0)
        #expect(receive([1, 2, 4, 7, 9, 10, 11], index: nil, &progress) == [11])
        #expect(progress.count == 7)
    }

    @Test func `one that comes later has lost nothing, and takes what is put in again`() {
        var progress = InstanceProgress()
        #expect(receive([90, 91], index: 40, &progress) == [90, 91])
        #expect(progress.lost == 0)
        #expect(receive([80, 90], index: nil, &progress) == [80])
        var other = InstanceProgress()
        #expect(receive([80, 90], index: nil, &other) == [80, 90])
        #expect(other.count == nil)
        #expect(receive([95], index: 40, &other) == [95])
        #expect(other.lost == 0)
        #expect(other.count == 41)
    }

    @Test func `it is read as it was written, and gaps are bounded`() throws {
        var progress = InstanceProgress()
        #expect(InstanceProgress(progress.state) == progress)
        for index in 0..<20 {
            _ = receive([UInt64(index) * 10 + 1], index: UInt64(index) * 2, &progress)
        }
        #expect(InstanceProgress(progress.state) == progress)
        #expect(receive([2], index: nil, &progress) == [])
        #expect(receive([185], index: nil, &progress) == [185])
        #expect(InstanceProgress([]) == nil)
        #expect(InstanceProgress(Array("5 x".utf8)) == nil)
        // As earlier versions have written it.
        #expect(InstanceProgress(Array("5 3".utf8))?.count == 3)
    }
}
