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

    @Test func `a consumer has stopped only if it is found so twice`() {
        func isStopped(_ answers: [(pending: Bool, delivered: UInt64, milliseconds: Int)]) -> Bool {
            var stall = ConsumerStall()
            return answers.map {
                stall.record(
                    hasPending: $0.pending, delivered: $0.delivered,
                    at: .after(.milliseconds($0.milliseconds)))
            }.last ?? false
        }
        #expect(!isStopped([(true, 0, 0)]))
        #expect(!isStopped([(true, 7, 0), (true, 7, 999)]))
        #expect(isStopped([(true, 7, 0), (true, 7, 1_000)]))
        #expect(isStopped([(true, 7, 0), (true, 7, 10), (true, 7, 1_000)]))
        // One message has come between, or none is waiting any more.
        #expect(!isStopped([(true, 7, 0), (true, 8, 1_000)]))
        #expect(!isStopped([(true, 7, 0), (false, 7, 500), (true, 7, 1_000)]))
    }

    @Test func `a broker is asked again after a second, unless something has come`() {
        var stall = ConsumerStall()
        func isStopped(at seconds: Int) -> Bool {
            stall.record(hasPending: true, delivered: 7, at: .after(.seconds(seconds)))
        }
        #expect(!stall.isCheckDue(delivered: 7, at: .start))
        #expect(!isStopped(at: 0))
        #expect(!stall.isCheckDue(delivered: 7, at: .after(.milliseconds(999))))
        #expect(stall.isCheckDue(delivered: 7, at: .after(.seconds(1))))
        #expect(!stall.isCheckDue(delivered: 8, at: .after(.seconds(1))))
        stall.forget()
        #expect(!stall.isCheckDue(delivered: 7, at: .after(.seconds(1))))
        #expect(!isStopped(at: 2))
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
