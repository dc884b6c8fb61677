import MessageBus
import Testing

@testable import TelegramBridge

@Suite struct LateMessagesTests {
    @Test func `messages that are said after the first delivery are not late`() {
        var late = LateMessages()
        late.begin()
        #expect(late.isUntouched)
        #expect(late.isPending(in: Backlog([3, 5, 8])))
        #expect(!late.isPending(in: Backlog()))
        // 9 was said before the first delivery, 12 after it.
        late.record([3], Backlog([5, 8, 9]))
        #expect(!late.isUntouched)
        late.record([5, 8], Backlog([9, 12]))
        #expect(late.isPending(in: Backlog([9, 12])))
        late.record([9, 12], Backlog([13]))
        #expect(late.delivered == 4)
        #expect(!late.isPending(in: Backlog([13])))
        late.record([13], Backlog())
        #expect(late.delivered == 4)
    }

    @Test func `a skipped message is late no more, and not delivered either`() {
        var late = LateMessages()
        late.begin(hasMore: true)
        late.record([], Backlog([7]))
        #expect(late.isPending(in: Backlog([7])))
        late.record([], Backlog([10]))
        #expect(!late.isPending(in: Backlog([10])))
        #expect(late.delivered == 0 && late.hasMore)
        late.forgetDelivered()
        #expect(late == LateMessages())
    }

    @Test func `another outage makes all that waits late again`() {
        var late = LateMessages()
        late.begin()
        late.record([1], Backlog([2]), isCounted: false)
        late.begin()
        #expect(late.isPending(in: Backlog([2, 6])))
        late.record([2, 6], Backlog())
        #expect(late.delivered == 2)
    }
}
