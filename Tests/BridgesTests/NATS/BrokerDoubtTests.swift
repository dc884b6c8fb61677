import TestSupport
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
        var doubt = TruncationCheck()
        func isSettled(_ stream: StreamState, at milliseconds: Int) -> Bool {
            doubt.isSettled(stream, known: 10, at: .after(.milliseconds(milliseconds)))
        }
        #expect(isSettled(stream(10), at: 0))
        #expect(!isSettled(stream(9), at: 0))
        #expect(!isSettled(stream(9), at: 3_000))
        #expect(!isSettled(stream(9), at: 6_000))
        #expect(!isSettled(stream(9), at: 9_000))
        #expect(isSettled(stream(9), at: 12_000))
    }

    @Test func `a server without the others is not believed, nor one that changes its mind`() {
        var doubt = TruncationCheck()
        func isSettled(_ stream: StreamState, at milliseconds: Int) -> Bool {
            doubt.isSettled(stream, known: 10, at: .after(.milliseconds(milliseconds)))
        }
        for second in 0..<60 {
            #expect(!isSettled(stream(9, behind: 2), at: second * 1_000))
        }
        #expect(!isSettled(stream(9, behind: 1), at: 60_000))
        #expect(!isSettled(stream(9, created: "b"), at: 90_000))
        #expect(!isSettled(stream(9, created: "a"), at: 120_000))
        #expect(isSettled(stream(12), at: 121_000))
    }

    @Test func `a server without the others is left after two answers`() {
        var doubt = TruncationCheck()
        for isHopeless in [false, true] {
            _ = doubt.isSettled(stream(9, behind: 2), known: 10, at: .start)
            #expect(doubt.isHopeless == isHopeless)
        }
        var other = TruncationCheck()
        for second in 0..<4 {
            _ = other.isSettled(stream(9), known: 10, at: .after(.seconds(second * 3)))
        }
        #expect(!other.isHopeless)
    }

    @Test func `where most of the copies are away consumers are tried often`() {
        var pace = ConsumerPace()
        let away = BrokerError(.rejected, "away", code: BrokerError.unavailable)
        let pauses = (0..<12).map { _ in pace.pause(at: .start, after: away) }
        #expect(pauses.allSatisfy { $0 <= .seconds(2) })
        #expect(pauses.suffix(4).allSatisfy { $0 >= .seconds(1) })
    }

    @Test func `consumers are made at once, and then ever more slowly`() {
        var pace = ConsumerPace()
        let first = pace.pause(at: .start)
        #expect(first == .zero)
        let pauses = (0..<12).map { _ in pace.pause(at: .start) }
        #expect(pauses[0] >= .milliseconds(250))
        #expect(
            pauses.suffix(4).allSatisfy {
                (Duration.seconds(5)...Duration.seconds(10)).contains($0)
            })
        let later = pace.pause(at: .after(.seconds(60)))
        #expect(later == .zero)
    }

    @Test func `complaints are forgotten when they are not heard again`() {
        let complaints = PermissionViolations()
        complaints.record("Permissions Violation for Publish to \"a\"", at: .start)
        complaints.record("Permissions Violation for Subscription to \"b\"", at: .start)
        for number in 0..<100 { complaints.record("\(number)", at: .start) }
        #expect(complaints.present(at: .after(.seconds(59))).count == 16)
        #expect(
            complaints.present(at: .after(.seconds(61))) == [
                "Permissions Violation for Subscription to \"b\""
            ])
    }

    @Test func `errors of the library do not name places in its source`() {
        #expect(
            BrokerError.withoutSourcePlaces("(conn.c:1909): refused (why)") == "refused (why)")
        #expect(BrokerError.withoutSourcePlaces("x (nkeys.c:12)") == "x ")
        #expect(BrokerError.withoutSourcePlaces("(") == "(")
    }
}
