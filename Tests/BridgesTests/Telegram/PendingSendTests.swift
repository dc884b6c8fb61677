import MessageBus
import Testing

@testable import Chat
@testable import TelegramBridge

@Suite struct PendingSendTests {
    private let first = SendPlan(last: 7, parts: ["ana: á", "ana: b"], replyTo: "-100/4")
    /// What is left when the first part has arrived.
    private var second: SendPlan { first.next(after: "-100/5") }
    private var secondUnderWay: SendPlan {
        var sendPlan = second
        sendPlan.isUnderWay = true
        return sendPlan
    }
    private let nothing = Checkpoint(source: "sending c", state: [])

    @Test func `it is kept once before it is sent, however often that is`() {
        var pendingSend = PendingSend(for: "c")
        #expect(pendingSend.sendPlan == nil)
        let answer1 = pendingSend.depart(first)
        #expect(answer1 == .keep(first.checkpoint(for: "c")))
        let answer2 = pendingSend.depart(first)
        #expect(answer2 == .known)
        #expect(pendingSend.sendPlan == first)
        pendingSend.end()
        #expect(pendingSend.state == .nothing)
    }

    @Test func `what has surely not arrived is forgotten, and kept anew`() {
        var pendingSend = PendingSend(for: "c")
        _ = pendingSend.depart(first)
        let answer3 = pendingSend.hasNotArrived()
        #expect(answer3 == nothing)
        #expect(pendingSend.state == .nothing)
        let answer4 = pendingSend.depart(first)
        #expect(answer4 == .keep(first.checkpoint(for: "c")))
    }

    @Test func `what may have arrived stays as it is, and that is news once`() {
        var pendingSend = PendingSend(for: "c")
        _ = pendingSend.depart(first)
        let answer5 = pendingSend.mayHaveArrived()
        #expect(answer5)
        let answer6 = pendingSend.mayHaveArrived()
        #expect(!answer6)
        let answer7 = pendingSend.hasNotArrived()
        #expect(answer7 == nil)
        #expect(pendingSend.state == .perhapsArrived(first))
        let answer8 = pendingSend.depart(first)
        #expect(answer8 == .known)
        let answer9 = pendingSend.giveUp()
        #expect(answer9 == nothing)
        let answer10 = pendingSend.giveUp()
        #expect(answer10 == nil)
    }

    @Test func `a part that has not arrived does not forget those that have`() throws {
        var pendingSend = PendingSend(for: "c")
        _ = pendingSend.depart(first)
        let begun = pendingSend.goOn(with: second)
        #expect(begun == second.checkpoint(for: "c"))
        #expect(second.parts == ["ana: b"] && second.remoteIDs == ["-100/5"])
        let answer11 = pendingSend.depart(second)
        #expect(answer11 == .keep(secondUnderWay.checkpoint(for: "c")))
        let checkpoint = pendingSend.hasNotArrived()
        let kept = try #require(checkpoint)
        let sendPlan = try #require(SendPlan(kept.state))
        #expect(sendPlan == second)

        // A new run knows that it can't be there twice.
        var later = PendingSend(for: "c", recalling: sendPlan)
        #expect(later.sendPlan == second)
        let answer12 = later.depart(second)
        #expect(answer12 == .keep(secondUnderWay.checkpoint(for: "c")))
    }

    @Test func `what was under way when a run ended may arrive again, as it was`() {
        for sendPlan in [first, secondUnderWay] {
            let kept = SendPlan(sendPlan.checkpoint(for: "c").state)
            var pendingSend = PendingSend(for: "c", recalling: kept)
            #expect(pendingSend.state == .recalled(sendPlan))
            let answer13 = pendingSend.depart(sendPlan)
            #expect(answer13 == .perhapsAgain)
            let answer14 = pendingSend.mayHaveArrived()
            #expect(!answer14)
            let answer15 = pendingSend.depart(sendPlan)
            #expect(answer15 == .known)
        }
    }

    @Test func `an answer is one only in the chat where it was planned`() {
        #expect(first.target(in: -100) == 4)
        #expect(first.target(in: -200) == nil)
        #expect(second.target(in: -100) == nil)
    }

    @Test func `who is refused among many is soon alone`() {
        for bad in 1...40 as ClosedRange<UInt64> {
            var refusals = RejectionPolicy()
            var queue = Array(1...40 as ClosedRange<UInt64>)
            var sends = 0
            while !queue.isEmpty {
                sends += 1
                let sent = Array(queue.prefix(refusals.most))
                if sent.contains(bad) {
                    guard refusals.remedy(for: sent, isLinked: false) == .passOver else { continue }
                    let isNews = refusals.passOver(bad)
                    #expect(isNews && sent == [bad])
                }
                queue.removeFirst(sent.count)
                refusals.done(with: sent.count)
            }
            #expect(sends <= 13, "\(bad)")
        }
    }

    @Test func `refusals are met by fewer at a time, then in phrases, then not at all`() {
        var refusals = RejectionPolicy()
        let answer16 = refusals.remedy(for: [1, 2], isLinked: false)
        #expect(answer16 == .fewer)
        let answer17 = refusals.remedy(for: [1], isLinked: true)
        #expect(answer17 == .inWords)
        #expect(refusals.isInWords(1) && !refusals.isInWords(2))
        let answer18 = refusals.remedy(for: [1], isLinked: true)
        #expect(answer18 == .passOver)
        let answer19 = refusals.passOver(1)
        #expect(answer19)
        let answer20 = refusals.passOver(1)
        #expect(!answer20)
        #expect(refusals.hasPassedOver(1))
        refusals.done(with: 1)
        #expect(refusals.most == .max)
        let answer21 = refusals.remedy(for: [2], isLinked: false)
        #expect(answer21 == .passOver)
        let answer22 = refusals.passOver(2)
        #expect(answer22)
        refusals.done(with: 1)
        #expect(refusals == RejectionPolicy())
    }
}
