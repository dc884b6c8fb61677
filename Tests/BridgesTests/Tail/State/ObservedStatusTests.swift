import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

@Suite struct ObservedStatusTests {
    private var status = ObservedStatus(
        .file(7, size: 10, modified: 3), now: .after(.seconds(1)))

    @Test mutating func `a change is one of size or time`() {
        #expect(status.update(.file(7, size: 10, modified: 3), now: .after(.seconds(2))) == false)
        #expect(status.changed == .after(.seconds(1)))
        #expect(status.update(.file(7, size: 11, modified: 3), now: .after(.seconds(2))) == true)
        #expect(status.isConfirmed)
        #expect(status.update(.file(7, size: 11, modified: 4), now: .after(.seconds(3))) == true)
        #expect(status.changed == .after(.seconds(3)))
        #expect(!status.isConfirmed)
        status.confirm()
        #expect(status.isConfirmed)
        #expect(status.confirmed == 4)
    }

    @Test mutating func `after a failure any status is a change`() {
        status.invalidate(now: .after(.seconds(2)))
        #expect(!status.matches(.file(7, size: 10, modified: 3)))
        #expect(!status.isConfirmed)
        #expect(status.update(.file(7, size: 10, modified: 3), now: .after(.seconds(4))) == true)
        #expect(status.isConfirmed)
        #expect(status.changed == .after(.seconds(4)))
    }
}
