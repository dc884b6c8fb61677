import TestSupport
import Testing

@testable import NATSBridge

@Suite struct LogAllowanceTests {
    @Test func `the first lines are logged, and then a count a minute`() {
        var allowance = LogAllowance(burst: 2)
        let first = (0..<10).map { allowance.admit(at: .after(.milliseconds($0))) }
        #expect(first == [true, true] + [Bool](repeating: false, count: 8))
        let early = allowance.drainHeldCount(at: .after(.milliseconds(59_999)))
        #expect(early == nil)
        let isLate = allowance.admit(at: .after(.milliseconds(61_000)))
        #expect(!isLate)
        let held = allowance.drainHeldCount(at: .after(.milliseconds(61_000)))
        #expect(held == 9)
        let nothing = allowance.drainHeldCount(at: .after(.milliseconds(200_000)))
        #expect(nothing == nil)
        let isLater = allowance.admit(at: .after(.milliseconds(200_000)))
        #expect(isLater)
    }

    @Test func `three servers that are away make three lines, and then one a minute`() {
        var told = ToldSentences()
        let lines = (0..<600).count { told.add("server \($0 % 3)", at: .after(.seconds($0))) }
        #expect((12...13).contains(lines))
        let others = (0..<1_000).count {
            told.add("other \($0)", at: .after(.milliseconds(600_000)))
        }
        #expect(others < 32)
    }
}
