import TestSupport
import Testing

@testable import MessageBus

@Suite struct KnownNamesTests {
    @Test func `who goes to and fro between two names pushes nobody out`() {
        var names = KnownNames()
        names.occupy("ana maría", at: .start)
        names.release("ana maría", at: .after(.nanoseconds(1)))
        for turn in 0..<Int64(3 * KnownNames.maxDeparted) {
            let key = turn.isMultiple(of: 2) ? "u" : "v"
            names.occupy(key, at: .after(.nanoseconds(1 + turn)))
            names.release(key, at: .after(.nanoseconds(2 + turn)))
        }
        let (soon, late) = (
            names.isRemembered("ana maría", at: .after(.milliseconds(1))),
            names.isRemembered("ana maría", at: .after(KnownNames.lifetime + .nanoseconds(2)))
        )
        #expect(soon && !late)
    }

    @Test(arguments: [.zero, KnownNames.minLastingTime])
    func `the oldest of too many are forgotten first`(stay: Duration) {
        var names = KnownNames()
        for number in 0...Int64(KnownNames.maxDeparted) {
            names.occupy("\(number)", at: .after(.nanoseconds(number)))
            names.release("\(number)", at: .after(.nanoseconds(number) + stay))
        }
        let oldest = names.isRemembered("0", at: .after(.microseconds(20) + stay))
        let next = names.isRemembered("1", at: .after(.microseconds(20) + stay))
        #expect(!oldest && next)
    }

    @Test func `a flood of names had for moments pushes out nobody who was here longer`() {
        var names = KnownNames()
        var now = MonotonicTime.start
        names.occupy("ana maría", at: now)
        names.occupy("bea luz", at: now)
        now += KnownNames.minLastingTime
        names.release("ana maría", at: now)
        // Who comes back for a moment only is as well known as before.
        names.occupy("ana maría", at: now)
        names.release("ana maría", at: now)
        for number in 0..<3 * KnownNames.maxDeparted {
            now += .nanoseconds(1)
            names.occupy("u\(number) x", at: now)
            names.release("u\(number) x", at: now)
        }
        let isRemembered = names.isRemembered("ana maría", at: now)
        #expect(isRemembered)
        #expect(names.index.hasLonger(than: "ana", atBeginningOf: "ana maría secreto"))
        // Whoever is here is never forgotten, however long and whoever comes and goes.
        #expect(names.index.hasLonger(than: "bea", atBeginningOf: "bea luz secreto"))
        names.forget(at: now + KnownNames.lifetime * 2)
        #expect(!names.index.hasLonger(than: "ana", atBeginningOf: "ana maría secreto"))
        #expect(names.index.hasLonger(than: "bea", atBeginningOf: "bea luz secreto"))
    }

    @Test(arguments: Seeded.some)
    func `whoever is here is found, after anything that may happen`(seed: UInt64) {
        var random = Seeded(seed)
        var names = KnownNames()
        var here: Set<String> = []
        var now = MonotonicTime.start
        for _ in 0..<1_000 {
            now += KnownNames.minLastingTime / 4_000 * Int.random(in: 0...1_000, using: &random)
            let key = "n \(Int.random(in: 0..<20, using: &random))"
            if here.remove(key) != nil {
                names.release(key, at: now)
            } else {
                here.insert(key)
                names.occupy(key, at: now)
            }
            if Int.random(in: 0..<100, using: &random) == 0 { now += KnownNames.lifetime }
            names.forget(at: now)
            let isLost = here.contains { !names.index.hasLonger(than: "n", atBeginningOf: $0) }
            #expect(!isLost)
            if isLost { break }
        }
    }
}
