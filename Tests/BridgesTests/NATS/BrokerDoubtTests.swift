import Testing

@testable import NATSBridge

@Suite struct BrokerDoubtTests {
    private func stream(_ last: UInt64, behind: Int = 0, created: String = "a") -> StreamState {
        var stream = StreamState()
        (stream.created, stream.last) = (created, last)
        stream.replicas = (0..<2).map { .init(name: "b\($0)", isCurrent: $0 >= behind) }
        return stream
    }

    @Test func `a stream is shorter only if it says so for a while`() {
        var doubt = LengthDoubt()
        func isSettled(_ stream: StreamState, at now: Int64) -> Bool {
            doubt.isSettled(stream, known: 10, at: now)
        }
        #expect(isSettled(stream(10), at: 0))
        #expect(!isSettled(stream(9), at: 0))
        #expect(!isSettled(stream(9), at: 3_000))
        #expect(!isSettled(stream(9), at: 6_000))
        #expect(!isSettled(stream(9), at: 9_000))
        #expect(isSettled(stream(9), at: 12_000))
    }

    @Test func `a server without the others is not believed, nor one that changes its mind`() {
        var doubt = LengthDoubt()
        func isSettled(_ stream: StreamState, at now: Int64) -> Bool {
            doubt.isSettled(stream, known: 10, at: now)
        }
        for second in 0..<60 as Range<Int64> {
            #expect(!isSettled(stream(9, behind: 2), at: second * 1_000))
        }
        #expect(!isSettled(stream(9, behind: 1), at: 60_000))
        #expect(!isSettled(stream(9, created: "b"), at: 90_000))
        #expect(!isSettled(stream(9, created: "a"), at: 120_000))
        #expect(isSettled(stream(12), at: 121_000))
    }

    @Test func `a server without the others is left after two answers`() {
        var doubt = LengthDoubt()
        for isHopeless in [false, true] {
            _ = doubt.isSettled(stream(9, behind: 2), known: 10, at: 0)
            #expect(doubt.isHopeless == isHopeless)
        }
        var other = LengthDoubt()
        for second in 0..<4 as Range<Int64> {
            _ = other.isSettled(stream(9), known: 10, at: second * 3_000)
        }
        #expect(!other.isHopeless)
    }

    @Test func `where most of the copies are away consumers are tried often`() {
        var pace = ConsumerPace()
        let away = BrokerError(.rejected, "away", code: BrokerError.unavailable)
        let pauses = (0..<12).map { _ in pace.pause(at: 0, after: away) }
        #expect(pauses.allSatisfy { $0 <= 2_000 })
        #expect(pauses.suffix(4).allSatisfy { $0 >= 1_000 })
    }

    @Test func `consumers are made at once, and then ever more slowly`() {
        var pace = ConsumerPace()
        let first = pace.pause(at: 0)
        #expect(first == 0)
        let pauses = (0..<12).map { _ in pace.pause(at: 0) }
        #expect(pauses[0] >= 250)
        #expect(pauses.suffix(4).allSatisfy { (5_000...10_000).contains($0) })
        let later = pace.pause(at: 60_000)
        #expect(later == 0)
    }

    @Test func `complaints are forgotten when they are not heard again`() {
        let complaints = BrokerComplaints()
        complaints.record("Permissions Violation for Publish to \"a\"", at: 0)
        complaints.record("Permissions Violation for Subscription to \"b\"", at: 0)
        for number in 0..<100 { complaints.record("\(number)", at: 0) }
        #expect(complaints.present(at: 59_000).count == 16)
        #expect(
            complaints.present(at: 61_000) == ["Permissions Violation for Subscription to \"b\""])
    }

    @Test func `errors of the library do not name places in its source`() {
        #expect(
            BrokerError.withoutSourcePlaces("(conn.c:1909): refused (why)") == "refused (why)")
        #expect(BrokerError.withoutSourcePlaces("x (nkeys.c:12)") == "x ")
        #expect(BrokerError.withoutSourcePlaces("(") == "(")
    }
}
