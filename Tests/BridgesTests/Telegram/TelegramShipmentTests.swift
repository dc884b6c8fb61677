import MessageBus
import Testing

@testable import Bridges

@Suite struct TelegramShipmentTests {
    private let first = TelegramPlan(last: 7)
    private var second: TelegramPlan {
        var plan = TelegramPlan(last: 7)
        plan.part = 1
        plan.remoteIDs = ["-100/5"]
        return plan
    }
    private let nothing = Checkpoint(source: "sending c", state: [])

    @Test func `it is kept once before it is sent, however often that is`() {
        var shipment = TelegramShipment(for: "c")
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
        var shipment = TelegramShipment(for: "c")
        _ = shipment.depart(first)
        let answer3 = shipment.hasNotArrived()
        #expect(answer3 == nothing)
        #expect(shipment.state == .nothing)
        let answer4 = shipment.depart(first)
        #expect(answer4 == .keep(first.checkpoint(for: "c")))
    }

    @Test func `what may have arrived stays as it is, and that is news once`() {
        var shipment = TelegramShipment(for: "c")
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
        var shipment = TelegramShipment(for: "c")
        _ = shipment.depart(first)
        shipment.goOn(with: second)
        #expect(shipment.progress(upTo: 7) == second)
        #expect(shipment.progress(upTo: 8) == TelegramPlan(last: 8))
        let answer11 = shipment.depart(second)
        #expect(answer11 == .keep(second.checkpoint(for: "c")))
        let checkpoint = shipment.hasNotArrived()
        let kept = try #require(checkpoint)
        let plan = try #require(TelegramPlan(kept.state))
        #expect(!plan.isUnderWay)

        // A new run knows that it can't be there twice.
        var later = TelegramShipment(for: "c", recalling: plan)
        #expect(later.progress(upTo: 7) == second)
        let answer12 = later.depart(second)
        #expect(answer12 == .keep(second.checkpoint(for: "c")))
    }

    @Test func `what was under way when a run ended may arrive again`() {
        for plan in [first, second] {
            let kept = TelegramPlan(plan.checkpoint(for: "c").state)
            var shipment = TelegramShipment(for: "c", recalling: kept)
            #expect(shipment.state == .recalled(plan))
            let answer13 = shipment.depart(shipment.progress(upTo: 7))
            #expect(answer13 == .perhapsAgain)
            let answer14 = shipment.mayHaveArrived()
            #expect(!answer14)
            let answer15 = shipment.depart(plan)
            #expect(answer15 == .known)
        }
    }

    @Test func `refusals are met by one by one, then in words, then not at all`() {
        var refusals = TelegramRefusals()
        let answer16 = refusals.remedy(for: [1, 2], isLinked: false)
        #expect(answer16 == .oneByOne)
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
        #expect(refusals.isOneByOne)
        let answer21 = refusals.remedy(for: [2], isLinked: false)
        #expect(answer21 == .passOver)
        let answer22 = refusals.passOver(2)
        #expect(answer22)
        refusals.done(with: 1)
        #expect(refusals == TelegramRefusals())
    }
}
