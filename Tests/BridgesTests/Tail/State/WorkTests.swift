import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// The small states of a file: its alarm, its checkpoint and what reports know of it.
@Suite struct WorkTests {
    @Test func `the earlier alarm stays in force`() {
        var work = PendingWork()
        #expect(work.setAlarm(.after(.seconds(5))) == true)
        #expect(work.setAlarm(.after(.seconds(5))) == false)
        #expect(work.setAlarm(.after(.seconds(6))) == false)
        #expect(work.setAlarm(.after(.seconds(4))) == true)
        #expect(work.removeAlarm(of: .after(.seconds(5))) == false)
        #expect(work.removeAlarm(of: .after(.seconds(4))) == true)
        #expect(work.alarm == nil)
        #expect(work.setAlarm(.after(.seconds(9))) == true)
    }

    @Test func `a saved checkpoint has a record, which a new one replaces`() {
        var checkpoint = CheckpointState.unsaved(hasEarlier: false)
        #expect(checkpoint.isUnsaved && !checkpoint.hasRecord)
        #expect(checkpoint.setUnsaved() == false)
        #expect(!checkpoint.hasRecord)
        checkpoint = .saved
        #expect(!checkpoint.isUnsaved && checkpoint.hasRecord)
        #expect(checkpoint.setUnsaved() == true)
        #expect(checkpoint == .unsaved(hasEarlier: true))
        #expect(checkpoint.hasRecord)
    }

    @Test func `unread data is as old as the first report of it`() {
        var unread = UnreadState()
        unread.wasWritten = true
        #expect(unread.since == nil)
        #expect(unread.find(now: .after(.seconds(1))) == .after(.seconds(1)))
        #expect(unread.find(now: .after(.seconds(2))) == .after(.seconds(1)))
        unread.forget()
        #expect(unread.wasWritten)
        #expect(unread.find(now: .after(.seconds(3))) == .after(.seconds(3)))
        unread.reset()
        #expect(!unread.wasWritten)
        #expect(unread.since == nil)
    }
}
