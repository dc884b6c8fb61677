import MessageBus
import Testing

@testable import Chat
@testable import TelegramBridge

@Suite struct PendingSendTests {
    private let first = SendPlan(last: 7, parts: ["ana: á", "ana: b"], replyTo: "-100/4")
    /// The plan that is left when the first part has arrived.
    private var second: SendPlan { first.next(after: "-100/5") }
    private var secondUnderWay: SendPlan {
        var sendPlan = second
        sendPlan.isUnderWay = true
        return sendPlan
    }
    private let nothing = Checkpoint(key: "sending c", state: [])

    @Test func `it is kept once before it is sent, however often that is`() {
        var pendingSend = PendingSend(for: "c")
        #expect(pendingSend.sendPlan == nil)
        let answer1 = pendingSend.begin(first)
        #expect(answer1 == .save(first.checkpoint(for: "c")))
        let answer2 = pendingSend.begin(first)
        #expect(answer2 == .ready)
        #expect(pendingSend.sendPlan == first)
        pendingSend.finish()
        #expect(pendingSend.state == .nothing)
    }

    @Test func `what has surely not arrived is forgotten, and kept anew`() {
        var pendingSend = PendingSend(for: "c")
        _ = pendingSend.begin(first)
        let answer3 = pendingSend.recordNotArrived()
        #expect(answer3 == nothing)
        #expect(pendingSend.state == .nothing)
        let answer4 = pendingSend.begin(first)
        #expect(answer4 == .save(first.checkpoint(for: "c")))
    }

    @Test func `what may have arrived stays as it is, and that is news once`() {
        var pendingSend = PendingSend(for: "c")
        _ = pendingSend.begin(first)
        let answer5 = pendingSend.recordLostAnswer()
        #expect(answer5)
        let answer6 = pendingSend.recordLostAnswer()
        #expect(!answer6)
        let answer7 = pendingSend.recordNotArrived()
        #expect(answer7 == nil)
        #expect(pendingSend.state == .perhapsArrived(first))
        let answer8 = pendingSend.begin(first)
        #expect(answer8 == .ready)
        let answer9 = pendingSend.discard()
        #expect(answer9 == nothing)
        let answer10 = pendingSend.discard()
        #expect(answer10 == nil)
    }

    @Test func `a part that has not arrived does not forget those that have`() throws {
        var pendingSend = PendingSend(for: "c")
        _ = pendingSend.begin(first)
        let begun = pendingSend.advance(to: second)
        #expect(begun == second.checkpoint(for: "c"))
        #expect(second.parts == ["ana: b"] && second.remoteIDs == ["-100/5"])
        let answer11 = pendingSend.begin(second)
        #expect(answer11 == .save(secondUnderWay.checkpoint(for: "c")))
        let checkpoint = pendingSend.recordNotArrived()
        let kept = try #require(checkpoint)
        let sendPlan = try #require(SendPlan(kept.state))
        #expect(sendPlan == second)

        // A new run knows that it can't be there twice.
        var later = PendingSend(for: "c", restoring: sendPlan)
        #expect(later.sendPlan == second)
        let answer12 = later.begin(second)
        #expect(answer12 == .save(secondUnderWay.checkpoint(for: "c")))
    }

    @Test func `what was under way when a run ended may arrive again, as it was`() {
        for sendPlan in [first, secondUnderWay] {
            let kept = SendPlan(sendPlan.checkpoint(for: "c").state)
            var pendingSend = PendingSend(for: "c", restoring: kept)
            #expect(pendingSend.state == .restored(sendPlan))
            let answer13 = pendingSend.begin(sendPlan)
            #expect(answer13 == .mayRepeat)
            let answer14 = pendingSend.recordLostAnswer()
            #expect(!answer14)
            let answer15 = pendingSend.begin(sendPlan)
            #expect(answer15 == .ready)
        }
    }

    @Test func `an answer is one only in the chat where it was planned`() {
        #expect(first.target(in: -100) == 4)
        #expect(first.target(in: -200) == nil)
        #expect(second.target(in: -100) == nil)
    }

    @Test func `the rejected message among many is soon alone`() {
        for bad in (1...40).map(MessageNumber.init(rawValue:)) {
            var rejections = RejectionPolicy()
            var queue = (1...40).map(MessageNumber.init(rawValue:))
            var sends = 0
            while !queue.isEmpty {
                sends += 1
                let sent = Array(queue.prefix(rejections.limit))
                if sent.contains(bad) {
                    guard rejections.remedy(for: sent, isReply: false) == .skip else { continue }
                    let isNews = rejections.recordSkipped(bad)
                    #expect(isNews && sent == [bad])
                }
                queue.removeFirst(sent.count)
                rejections.recordDone(sent.count)
            }
            #expect(sends <= 13, "\(bad)")
        }
    }

    @Test func `a rejected message is sent with fewer others, then with a quotation, then skipped`()
    {
        var rejections = RejectionPolicy()
        let answer16 = rejections.remedy(for: [1, 2], isReply: false)
        #expect(answer16 == .sendFewer)
        let answer17 = rejections.remedy(for: [1], isReply: true)
        #expect(answer17 == .quote)
        #expect(rejections.isQuoted(1) && !rejections.isQuoted(2))
        let answer18 = rejections.remedy(for: [1], isReply: true)
        #expect(answer18 == .skip)
        let answer19 = rejections.recordSkipped(1)
        #expect(answer19)
        let answer20 = rejections.recordSkipped(1)
        #expect(!answer20)
        #expect(rejections.hasSkipped(1))
        rejections.recordDone(1)
        #expect(rejections.limit == .max)
        let answer21 = rejections.remedy(for: [2], isReply: false)
        #expect(answer21 == .skip)
        let answer22 = rejections.recordSkipped(2)
        #expect(answer22)
        rejections.recordDone(1)
        #expect(rejections == RejectionPolicy())
    }
}
