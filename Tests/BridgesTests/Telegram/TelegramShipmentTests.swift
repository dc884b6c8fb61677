import MessageBus
import Testing

@testable import Bridges

@Suite struct TelegramShipmentTests {
    private let first = SendPlan(last: 7, parts: ["ana: á", "ana: b"], replyTo: "-100/4")
    /// What is left when the first part has arrived.
    private var second: SendPlan { first.next(after: "-100/5") }
    private var secondUnderWay: SendPlan {
        var plan = second
        plan.isUnderWay = true
        return plan
    }
    private let nothing = Checkpoint(source: "sending c", state: [])

    @Test func `it is kept once before it is sent, however often that is`() {
        var shipment = PendingSend(for: "c")
        #expect(shipment.plan == nil)
        let answer1 = shipment.depart(first)
        #expect(answer1 == .keep(first.checkpoint(for: "c")))
        let answer2 = shipment.depart(first)
        #expect(answer2 == .known)
        #expect(shipment.plan == first)
        shipment.end()
        #expect(shipment.state == .nothing)
    }

    @Test func `what has surely not arrived is forgotten, and kept anew`() {
        var shipment = PendingSend(for: "c")
        _ = shipment.depart(first)
        let answer3 = shipment.hasNotArrived()
        #expect(answer3 == nothing)
        #expect(shipment.state == .nothing)
        let answer4 = shipment.depart(first)
        #expect(answer4 == .keep(first.checkpoint(for: "c")))
    }

    @Test func `what may have arrived stays as it is, and that is news once`() {
        var shipment = PendingSend(for: "c")
        _ = shipment.depart(first)
        let answer5 = shipment.mayHaveArrived()
        #expect(answer5)
        let answer6 = shipment.mayHaveArrived()
        #expect(!answer6)
        let answer7 = shipment.hasNotArrived()
        #expect(answer7 == nil)
        #expect(shipment.state == .perhapsArrived(first))
        let answer8 = shipment.depart(first)
        #expect(answer8 == .known)
        let answer9 = shipment.giveUp()
        #expect(answer9 == nothing)
        let answer10 = shipment.giveUp()
        #expect(answer10 == nil)
    }

    @Test func `a part that has not arrived does not forget those that have`() throws {
        var shipment = PendingSend(for: "c")
        _ = shipment.depart(first)
        let begun = shipment.goOn(with: second)
        #expect(begun == second.checkpoint(for: "c"))
        #expect(second.parts == ["ana: b"] && second.remoteIDs == ["-100/5"])
        let answer11 = shipment.depart(second)
        #expect(answer11 == .keep(secondUnderWay.checkpoint(for: "c")))
        let checkpoint = shipment.hasNotArrived()
        let kept = try #require(checkpoint)
        let plan = try #require(SendPlan(kept.state))
        #expect(plan == second)

        // A new run knows that it can't be there twice.
        var later = PendingSend(for: "c", recalling: plan)
        #expect(later.plan == second)
        let answer12 = later.depart(second)
        #expect(answer12 == .keep(secondUnderWay.checkpoint(for: "c")))
    }

    @Test func `what was under way when a run ended may arrive again, as it was`() {
        for plan in [first, secondUnderWay] {
            let kept = SendPlan(plan.checkpoint(for: "c").state)
            var shipment = PendingSend(for: "c", recalling: kept)
            #expect(shipment.state == .recalled(plan))
            let answer13 = shipment.depart(plan)
            #expect(answer13 == .perhapsAgain)
            let answer14 = shipment.mayHaveArrived()
            #expect(!answer14)
            let answer15 = shipment.depart(plan)
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

    @Test func `refusals are met by fewer at a time, then in words, then not at all`() {
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
