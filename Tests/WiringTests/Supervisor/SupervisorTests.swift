import MessageBus
import Locking
import Sockets
import Synchronization
import TestSupport
import Testing

@testable import Wiring

@Suite(.timeLimit(.minutes(10))) struct SupervisorTests {
    @Test func `a bridge that fails before it is ready stops the daemon, by name and cause`()
        async throws
    {
        let world = try SupervisorWorld()
        let other = world.bridge("other") { port in
            await port.ready()
            await port.stopping()
        }
        let bad = world.bridge("bad") { _ in throw BridgeError("bind 0.0.0.0:2000: in use") }
        #expect(
            await world.run([other, bad])
                == .failedToStart(bridge: "bad", reason: "bind 0.0.0.0:2000: in use"))
        #expect(await world.test.bus.isEnding)
    }

    @Test func `an optional bridge that fails before it is ready is tried again`() async throws {
        let world = try SupervisorWorld()
        let tries = Locked(0)
        let bridge = world.bridge("maybe", isOptional: true) { _ in
            let count = tries.withLock { tries in
                tries += 1
                return tries
            }
            if count < 4 { throw BridgeError("not yet") }
        }
        async let outcome = world.run([bridge])
        for step in [1.0, 2, 4] {
            let pause = await world.pause()
            #expect(pause >= .seconds(step / 2) && pause <= .seconds(step))
            world.test.clock.advance(by: pause)
        }
        #expect(await outcome == .stopped)
        let sentences = world.test.log.sentences
        #expect(sentences.filter { $0.hasPrefix("not yet; trying again in ") }.count == 3)
        #expect(sentences.last == "finished")
    }

    @Test func `pauses double up to a minute and begin anew when it has worked`() async throws {
        let world = try SupervisorWorld()
        let runs = Locked(0)
        let bridge = world.bridge("b") { port in
            let run = runs.withLock { runs in
                runs += 1
                return runs
            }
            if [1, 5, 10].contains(run) { await port.ready() }
            // A run as long as the longest pause is not enough, and a slow start does not count.
            if run == 5 { world.test.clock.advance(by: .seconds(60)) }
            if run == 7 || run == 10 { world.test.clock.advance(by: .seconds(61)) }
            if run == 12 { return }
            throw BridgeError("broken")
        }
        async let outcome = world.run([bridge])
        for step in [1.0, 2, 4, 8, 16, 32, 60, 60, 60, 1, 2] {
            let pause = await world.pause()
            #expect(pause >= .seconds(step / 2) && pause <= .seconds(step), "\(step)")
            world.test.clock.advance(by: pause)
        }
        #expect(await outcome == .stopped)
    }

    @Test func `a bridge that fails as soon as it is ready is left alone for longer each time`()
        async throws
    {
        let world = try SupervisorWorld()
        let bridge = world.bridge("b") { port in
            await port.ready()
            throw BridgeError("broken")
        }
        async let outcome = world.run([bridge])
        for step in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            let pause = await world.pause()
            #expect(pause >= .seconds(step / 2) && pause <= .seconds(step), "\(step)")
            world.test.clock.advance(by: pause)
        }
        world.stop()
        #expect(await outcome == .stopped)
    }

    @Test func `a bridge that fails costs only itself`() async throws {
        let world = try SupervisorWorld()
        let bad = world.bridge("bad") { port in
            await port.ready()
            await port.openIntake()
            await port.present(as: "somebody")
            throw BridgeError("broken")
        }
        let good = world.bridge("good") { port in
            await port.ready()
            for await message in port.messages where message.text == "fin" {
                try await port.publish("visto", from: "good")
                await port.stopping()
                return
            }
        }
        async let outcome = world.run([bad, good])
        _ = await world.pause()
        let speaker = await world.test.port("speaker")
        var messages = speaker.messages.makeAsyncIterator()
        try await speaker.publish("fin", from: "x")
        #expect(await messages.next()?.text == "visto")
        world.stop()
        #expect(await outcome == .stopped)
    }

    @Test func `a stop during a pause ends it at once`() async throws {
        let world = try SupervisorWorld()
        let bad = world.bridge("bad") { port in
            await port.ready()
            throw BridgeError("broken")
        }
        async let outcome = world.run([bad])
        _ = await world.pause()
        world.stop()
        #expect(await outcome == .stopped)
    }

    @Test func `the daemon ends when every bridge has finished`() async throws {
        let world = try SupervisorWorld()
        let bridges = ["a", "b"].map { world.bridge($0) { _ in } }
        #expect(await world.run(bridges) == .stopped)
        #expect(world.test.log.sentences == ["finished", "finished"])
    }

    @Test func `durable bridges store where they begin before anybody can speak`() async throws {
        let world = try SupervisorWorld()
        let steps = Steps()
        let speaker = world.bridge("a") { _ in steps.record("a runs") }
        let durable = SupervisedBridge(
            RecordingBridge(steps: steps),
            attachment: BridgeAttachment(name: "b", room: "general"), isOptional: false)
        #expect(await world.run([speaker, durable]) == .stopped)
        #expect(steps.all.first == "begins")
        #expect(steps.all.dropFirst().sorted() == ["a runs", "b runs"])
    }

    @Test func `a stop drains: sources first, then readers`() async throws {
        let world = try SupervisorWorld()
        let seen = Locked<[String]>([])
        let intake = world.bridge("intake") { port in
            await port.openIntake()
            await port.ready()
            await port.stopping()
            try await port.publish("the last", from: "x")
            await port.closeIntake()
        }
        let sink = world.bridge("sink") { port in
            await port.ready()
            for await message in port.messages { seen.withLock { $0.append(message.text) } }
        }
        async let outcome = world.run([intake, sink])
        await world.untilReady(2)
        world.stop()
        #expect(await outcome == .stopped)
        #expect(seen.withLock { $0 } == ["the last"])
        #expect(world.overdue == 0)
    }

    @Test func `an intake that does not close is not waited for longer than its deadline`()
        async throws
    {
        let world = try SupervisorWorld()
        let intake = world.bridge("intake") { port in
            await port.openIntake()
            await port.ready()
            for await _ in port.messages {}
        }
        async let outcome = world.run([intake])
        await world.untilReady(1)
        world.stop()
        #expect(Set([await world.pause(), await world.pause()]) == [.seconds(5), .seconds(10)])
        world.test.clock.advance(by: .seconds(5))
        #expect(await outcome == .stopped)
        #expect(world.overdue == 0)
    }

    @Test func `a bridge still reading at the deadline is cancelled`() async throws {
        let world = try SupervisorWorld()
        let reader = world.bridge("reader") { port in
            await port.ready()
            try await world.test.clock.sleep(for: .seconds(1_000))
        }
        async let outcome = world.run([reader])
        await world.untilReady(1)
        world.stop()
        _ = [await world.pause(), await world.pause()]
        world.test.clock.advance(by: .seconds(10))
        #expect(await outcome == .stopped)
        #expect(
            world.test.log.sentences.contains(
                "not everything could be delivered within 10.0 seconds"))
        #expect(world.overdue == 0)
    }

    @Test func `a second request to stop is not made to wait`() async throws {
        let world = try SupervisorWorld()
        let reader = world.bridge("reader") { port in
            await port.ready()
            try await world.test.clock.sleep(for: .seconds(1_000))
        }
        async let outcome = world.run([reader])
        await world.untilReady(1)
        world.stop()
        _ = [await world.pause(), await world.pause()]
        world.stop()
        #expect(await outcome == .stopped)
        #expect(
            world.test.log.sentences.contains(
                "asked to stop again; no longer waiting"))
        #expect(world.overdue == 0)
    }

    @Test func `a bridge that ignores being cancelled is left behind after a second`() async throws
    {
        let world = try SupervisorWorld()
        let unblock = AsyncStream.makeStream(of: Void.self)
        let deaf = world.bridge("deaf") { port in
            await port.ready()
            // A task of its own hears nothing of the cancellation.
            await Task { for await _ in unblock.stream { return } }.value
        }
        async let end = world.end([deaf])
        await world.untilReady(1)
        world.stop()
        _ = [await world.pause(), await world.pause()]
        world.stop()
        #expect(await world.pause() == .seconds(1))
        world.test.clock.advance(by: .seconds(1))
        #expect(await end == .init(outcome: .stopped, abandoned: ["deaf"]))
        #expect(world.overdue == 0)
        #expect(
            world.test.log.sentences.last == """
                did not end when told to: something in it blocks; the daemon ends \
                without it
                """)
        unblock.continuation.yield()
    }

    @Test func `a bridge not ready in time is logged, and nobody waits for it`() async throws {
        let world = try SupervisorWorld()
        let slow = world.bridge("slow") { port in await port.stopping() }
        let quick = world.bridge("quick") { port in
            await port.ready()
            await port.stopping()
        }
        async let outcome = world.run([slow, quick])
        await world.untilReady(1)
        await world.untilWatched(2)
        world.test.clock.advance(by: SupervisorWorld.readiness)
        let entry = await world.test.log.first { $0.sentence.hasPrefix("not ready after ") }
        #expect(entry.bridge == "slow")
        world.stop()
        #expect(await outcome == .stopped)
        #expect(world.test.log.sentences.filter { $0.hasPrefix("not ready") }.count == 1)
    }

    @Test func `a bus that never comes to rest is overdue two seconds after the deadline`()
        async throws
    {
        let world = try SupervisorWorld()
        let reader = world.bridge("reader") { port in
            await port.ready()
            for await _ in port.messages {}
        }
        async let outcome = world.run([reader])
        await world.untilReady(1)
        let isHeld = Atomic(true)
        // Like a middleware that never returns.
        world.test.loop.perform { while isHeld.load(ordering: .relaxed) {} }
        world.stop()
        #expect(Set([await world.pause(), await world.pause()]) == [.seconds(5), .seconds(10)])
        world.test.clock.advance(by: .seconds(10))
        #expect(await world.pause() == .seconds(1))
        world.test.clock.advance(by: .seconds(1))
        #expect(await world.pause() == .seconds(1))
        world.test.clock.advance(by: .seconds(1))
        await world.untilOverdue()
        isHeld.store(false, ordering: .relaxed)
        #expect(await outcome == .stopped)
    }

    @Test func `a bridge can stop the daemon`() async throws {
        let world = try SupervisorWorld()
        let bridge = world.bridge("b") { port in
            await port.ready()
            port.stopDaemon()
            await port.stopping()
        }
        let other = world.bridge("c") { port in
            await port.ready()
            await port.stopping()
        }
        #expect(await world.run([bridge, other]) == .stopped)
    }
}
