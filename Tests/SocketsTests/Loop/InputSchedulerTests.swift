import TestSupport
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(10))) struct InputSchedulerTests {
    /// A connection with pieces of input that take 30 µs each.
    private final class Sender: ScheduledInput {
        let name: String
        var pieces: Int
        var inputState = InputScheduler.State()
        private let scheduler: InputScheduler
        private let clock: ManualClock
        private let record: (String) -> Void

        init(
            _ name: String, pieces: Int, _ scheduler: InputScheduler, _ clock: ManualClock,
            _ record: @escaping (String) -> Void
        ) {
            (self.name, self.pieces, self.scheduler, self.clock) = (name, pieces, scheduler, clock)
            self.record = record
        }

        func continueInput() {
            while pieces > 0 {
                clock.advance(by: .microseconds(30))
                pieces -= 1
                record(name)
                if scheduler.isSliceOver { break }
            }
            if pieces > 0 { scheduler.enqueue(self) }
        }
    }

    /// Turns of a loop with senders, run on the test's thread.
    private final class Turns: @unchecked Sendable {  // touched on the loop only
        let clock = ManualClock()
        let loop: EventLoop
        let scheduler: InputScheduler
        private let begin: (_ turn: Int, Turns) -> Void
        /// Names of those who were served in each turn.
        private(set) var served: [[String]] = [[]]
        /// The length of each turn.
        private(set) var times: [Duration] = []
        private var start: ManualClock.Instant

        init(_ count: Int, _ begin: @escaping (_ turn: Int, Turns) -> Void) throws {
            loop = try EventLoop(clock: clock)
            scheduler = InputScheduler(on: loop)
            self.begin = begin
            start = clock.now
            loop.perform { self.beginTurn() }
            loop.atTurnEnd {
                self.times.append(self.start.duration(to: self.clock.now))
                if self.times.count == count { return self.loop.stop() }
                self.served.append([])
                self.loop.perform { self.beginTurn() }
            }
            loop.run()
            scheduler.removeAll()
        }

        private func beginTurn() {
            start = clock.now
            begin(served.count - 1, self)
        }

        /// Has a new sender served that has received so many bytes.
        func serve(_ name: String, bytes: Int, pieces: Int) {
            let sender = Sender(name, pieces: pieces, scheduler, clock) { name in
                self.served[self.served.count - 1].append(name)
            }
            sender.inputState.recordRead(bytes)
            scheduler.serve(sender)
        }
    }

    @Test func `a flood is served in short slices, and a typed line in the turn that it comes in`()
        throws
    {
        let turns = try Turns(40) { turn, turns in
            if turn == 0 {
                for index in 0..<100 {
                    turns.serve("flood \(index)", bytes: 16_384, pieces: 10_000)
                }
            }
            turns.serve("person \(turn)", bytes: 20, pieces: 1)
        }
        for turn in turns.served.indices { #expect(turns.served[turn].contains("person \(turn)")) }
        #expect(turns.times.allSatisfy { $0 <= .milliseconds(3) })
        // All of the hundred have had their turn.
        #expect(Set(turns.served.joined().filter { $0.hasPrefix("flood") }).count == 100)
    }

    @Test func `many small pieces are a flood too`() throws {
        let turns = try Turns(60) { turn, turns in
            if turn == 0 {
                for index in 0..<100 { turns.serve("flood \(index)", bytes: 1_000, pieces: 10_000) }
            }
            if turn > 20 { turns.serve("person \(turn)", bytes: 20, pieces: 1) }
        }
        for turn in 21..<60 { #expect(turns.served[turn].contains("person \(turn)")) }
        #expect(turns.times.allSatisfy { $0 <= .milliseconds(3) })
    }

    @Test func `what is left of a long input goes on by itself`() throws {
        let turns = try Turns(8) { turn, turns in
            if turn == 0 { turns.serve("only", bytes: 16_384, pieces: 150) }
        }
        #expect(turns.served.joined().count == 150)
        #expect(turns.served[0].count >= 15)
    }
}
