import MessageBus
import TestSupport
import Testing

@testable import Plugins

@Suite(.timeLimit(.minutes(10))) struct PluginsTests {
    /// A number as it would stand in bridge.json.
    private func decode<Options: PluginOptions>(
        _ type: Options.Type, _ members: [(String, ConfigValue.Kind)]
    ) -> (options: Options?, problems: [String]) {
        let place = ConfigLocation(root: TextPosition(line: 1, column: 1))
        let object = ConfigValue(
            .object(
                members.map { key, kind in
                    let place = place.member(key, at: place.position)
                    return ConfigValue.Member(
                        key: key, keyLocation: place, value: ConfigValue(kind, at: place))
                }), at: place)
        var problems = Problems()
        let options = Options.decode(object, into: &problems)
        return (options, problems.sorted.map(\.sentence))
    }

    /// Says texts on a bus with one middleware and returns the texts heard and the verdicts.
    private func said(
        _ texts: [String], through middleware: any Middleware
    ) async throws -> (heard: [String], verdicts: [Verdict]) {
        let bus = try TestBus(middlewares: [middleware])
        let (reader, writer) = (await bus.port("reader"), await bus.port("writer"))
        let receipts = try await writer.publish(texts.map { Draft($0, from: "ana") })
        bus.stop()
        var heard: [String] = []
        for await message in reader.messages { heard.append(message.text) }
        return (heard, receipts.map(\.verdict))
    }

    @Test func `the registration has no problems`() {
        var registry = Registry()
        registry.registerPlugins()
        #expect(registry.problems == [])
    }

    @Test func `shout makes everyone shout`() async throws {
        #expect(try await said(["hola", "ñandú"], through: Shout()).heard == ["HOLA", "ÑANDÚ"])
    }

    @Test func `shorten cuts what is longer`() async throws {
        var options = Shorten.Options()
        options.characters = 10
        let heard = try await said(
            ["0123456789", "0123456789a", "ñññññññññññ", "ñññññññññ"],
            through: Shorten(options)
        ).heard
        #expect(heard == ["0123456789", "012345678…", "ñññññññññ…", "ñññññññññ"])
    }

    @Test func `shorten loses its patience`() async throws {
        var options = Shorten.Options()
        options.characters = 10
        options.patience = 1
        let text = "0123456789a"
        #expect(
            try await said([text, text, "short"], through: Shorten(options)).verdicts
                == [.pass, .drop("at most 10 characters", code: "too-long"), .pass])
    }

    @Test func `shorten says what is wrong with its options`() {
        #expect(
            decode(Shorten.Options.self, [("characters", .number("9"))]).problems
                == ["expected a whole number from 10 to 4000, found 9"])
        #expect(
            decode(
                Shorten.Options.self,
                [("characters", .number("10")), ("ending", .string("0123456789"))]
            ).problems == ["expected fewer than 10 characters"])
        #expect(
            decode(Shorten.Options.self, [("patience", .number("3"))]).options?.patience == 3)
    }

    @Test func `the cuckoo keeps the contract of bridges`() async throws {
        let conformance = BridgeConformance { _ in .init(Cuckoo(Cuckoo.Options())) }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }

    @Test func `the cuckoo says the time every hour`() async throws {
        let bus = try TestBus()
        let reader = await bus.port("reader")
        let port = await bus.port("cuckoo")
        let run = Task { try await bus.run(Cuckoo(Cuckoo.Options(), clock: bus.clock), on: port) }
        var messages = reader.messages.makeAsyncIterator()
        for hour in 1...3 {
            await bus.clock.untilSomebodySleeps()
            bus.advance(by: .seconds(3_600))
            let message = await messages.next()
            #expect(message?.text == "¡Cucú! Son las \(hour):00.")
            #expect(message?.sender.name == "cuco (cuckoo)")
        }
        bus.stop()
        try await run.value
    }

    @Test func `the cuckoo answers`() async throws {
        let bus = try TestBus()
        let other = await bus.port("other")
        let port = await bus.port("cuckoo")
        var options = Cuckoo.Options()
        options.ahead = 2
        let run = Task { [options] in
            try await bus.run(Cuckoo(options, clock: bus.clock), on: port)
        }
        var messages = other.messages.makeAsyncIterator()
        bus.advance(by: .seconds(300))
        try await other.publish("!hora", from: "robot", isAutomatic: true)
        bus.advance(by: .seconds(300))
        try await other.publish([Draft("hola", from: "ana"), Draft("!hora", from: "ana")])
        let message = await messages.next()
        #expect(message?.text == "Son las 2:10.")
        #expect(message?.isAutomatic == true)
        run.cancel()
        try await run.value
    }
}
