import Locking
import TestSupport
import Testing

@testable import MessageBus

/// A waiting task is woken by events at any moment: also between the look and the wait, where a
/// task with an executor of its own gives the bus up.
@Suite struct WaitingTests {
    /// A bus whose every job is a step of the test, so that something can be done between any two.
    private struct Stage {
        let jobs = SteppedJobs()
        let bus: Bus
        let speaker = BridgeAttachment(name: "a", room: "general")
        let reader: Port
        let seen = Seen()

        init(store: any MessageStore = VolatileStore()) {
            var settings = Bus.Settings()
            settings.tasks = jobs.tasks
            bus = Bus(
                settings, chain: Chain(), store: store, executor: jobs.serial,
                // Each test ends the turns itself.
                atTurnEnd: { _ in })
            let (bus, speaker, attachment) = (
                bus, speaker, BridgeAttachment(name: "b", room: "general")
            )
            bus.assumeIsolated { bus in
                for attachment in [speaker, attachment] {
                    bus.attach(attachment)
                    bus.begin(attachment)
                }
            }
            reader = Port(bus: bus, attachment: attachment)
        }

        /// Has somebody say something, and ends the turn.
        func say(_ text: String) {
            let speaker = speaker
            bus.assumeIsolated { bus in
                guard let room = bus.room("general") else { return }
                let batch = bus.batch(room: "general", capacity: 1, bytes: 64)
                Array(text.utf8).withUnsafeBytes {
                    batch.arena.append(MessageHeader(), copying: $0, sender: .make(), details: nil)
                }
                bus.publish(batch, in: room, by: speaker)
                bus.endTurn()
            }
        }

        /// Lets a task go so many steps, does something, and lets it go on until it waits.
        ///
        /// - Returns: whether there were so many.
        func run(
            after steps: Int, _ event: () -> Void,
            task body: @escaping @Sendable () async throws -> Void
        ) -> Bool {
            let task = Task(executorPreference: jobs.tasks) { try await body() }
            let isLong = (0..<steps).allSatisfy { _ in jobs.step() }
            event()
            jobs.run()
            let seen = seen.texts
            task.cancel()
            jobs.run()
            #expect(seen == ["hola"], "after \(steps) steps")
            return isLong
        }
    }

    private final class Seen: Sendable {
        private let list = Locked<[String]>([])
        var texts: [String] { list.withLock { $0 } }
        func add(_ text: String) { list.withLock { $0.append(text) } }
    }

    /// Tries each number of steps until the task waits before they are over.
    private func tryAll(_ isLong: (Int) throws -> Bool) rethrows {
        var steps = 0
        while try isLong(steps) {
            steps += 1
            if steps > 200 {
                Issue.record("the task never waits")
                break
            }
        }
        // It looks and waits in there somewhere.
        #expect(steps > 2)
    }

    @Test func `a reader hears what is said between any two of its steps`() {
        tryAll { steps in
            let stage = Stage()
            // The first step is to subscribe, from where the bridge began.
            return stage.run(after: steps) {
                stage.say("hola")
            } task: { [reader = stage.reader, seen = stage.seen] in
                for await message in reader.messages { seen.add(message.text) }
            }
        }
    }

    @Test func `a durable reader hears what is kept between any two of its steps`() {
        tryAll { steps in
            // The bus does not hear of its store by itself: whoever misses the one time that it is
            // told here waits for ever.
            let stage = Stage(store: MemoryStore())
            return stage.run(after: steps) {
                stage.say("hola")
                stage.bus.assumeIsolated { $0.storeHasMoved() }
            } task: { [reader = stage.reader, seen = stage.seen] in
                for try await delivery in reader.deliveries(in: "general") {
                    seen.add(delivery.message.text)
                }
            }
        }
    }

    @Test func `a source goes on when the store takes more between any two of its steps`() {
        tryAll { steps in
            let store = MemoryStore()
            store.change(to: .lags)
            let stage = Stage(store: store)
            return stage.run(after: steps) {
                store.change(to: .keepsUp)
                stage.bus.assumeIsolated { $0.storeHasMoved() }
            } task: { [reader = stage.reader, seen = stage.seen] in
                try await reader.publish("hola", from: "x")
                seen.add("hola")
            }
        }
    }
}
