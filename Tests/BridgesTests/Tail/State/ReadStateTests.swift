import TestSupport
import Testing

@testable import TailBridge

@Suite struct ReadStateTests {
    private let line = Array(String(repeating: "x", count: FileFingerprint.backBytes).utf8)

    @Test func `an empty file that is written to may have had other bytes before`() {
        var state = ReadState()
        #expect(state.compareFirstBytes([], isUnwritten: true) == .same)
        #expect(state.compareFirstBytes([], isUnwritten: false) == .appeared)
        #expect(state.compareFirstBytes([1, 2], isUnwritten: false) == .appeared)
        #expect(state.compareFirstBytes([1, 2], isUnwritten: true) == .same)
        #expect(state.compareFirstBytes([1, 2, 3], isUnwritten: true) == .appeared)
        #expect(state.firstBytes == [1, 2, 3])
    }

    @Test func `other first bytes are a truncation`() {
        var state = ReadState()
        _ = state.compareFirstBytes([1, 2], isUnwritten: true)
        #expect(state.compareFirstBytes([1, 3], isUnwritten: true) == .changed)
        #expect(state.compareFirstBytes([1], isUnwritten: true) == .changed)
    }

    @Test func `so many equal bytes are certain`() {
        var state = ReadState()
        #expect(state.compareFirstBytes(line, isUnwritten: true) == .appeared)
        #expect(state.compareFirstBytes(line, isUnwritten: false) == .same)
    }

    @Test func `a state that is resumed has lost the search for a line's end`() {
        var state = ReadState(FileFingerprint(offset: 100, head: [1, 2], sum: 3))
        state.form.ending = .lineFeed
        (state.searched, state.hasPending) = (120, true)
        let fingerprint = FileFingerprint(offset: 40, head: [1, 2], sum: 4)
        state.resume(from: fingerprint, at: LineChecksums.LineStart(offset: 40))
        #expect(state.offset == 40)
        #expect(state.searched == nil)
        #expect(!state.hasPending)
        #expect(state.form.ending == .lineFeed)
    }
}
