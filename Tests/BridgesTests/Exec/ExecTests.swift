import Chat
import Foundation
import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import ExecBridge

/// The bridge to a program, with programs that are a line of the shell.
@Suite(.timeLimit(.minutes(10))) struct ExecTests {
    /// Says that it is ready, and shows what it is given.
    private static let showing = "echo \"$READY\"; cat >&2"

    @Test func `a program is greeted, and given what is said as JSON`() async throws {
        let host = try await ExecHost(Self.showing, rooms: ["general", "logs"]) {
            $0.rooms = [RoomName("logs"), RoomName("general")]
        }
        let hello = await host.logged("\"hello\"")
        #expect(
            hello == """
                {"type":"hello","version":1,"name":"bot","room":"general",\
                "rooms":["logs","general"],"language":"en","checkpoints":{}}
                """)
        await host.untilReady()
        let number = try await host.say("hola \"tú\"\nadiós")
        #expect(
            await host.logged("\"message\"") == """
                {"type":"message","number":\(number),"time":1735689600000,"room":"general",\
                "from":"ana","bridge":"chat","text":"hola \\"tú\\"\\nadiós"}
                """)
        var reply = Draft("sí", from: "bob")
        reply.room = "logs"
        try await host.other.publish(reply)
        #expect(await host.logged("\"sí\"").contains("\"room\":\"logs\""))
    }

    @Test func `joins, renames, leaves, replies, edits and deletions are told as well`()
        async throws
    {
        let host = try await ExecHost(Self.showing)
        await host.untilReady()
        let first = try await host.say("hola")
        _ = try await host.other.enter("bob")
        _ = await host.other.rename("bob", to: "eva")
        await host.other.leave(["eva"])
        var reply = Draft("adiós", from: "eva")
        reply.reply = Quotation(number: first, name: "", excerpt: "")
        try await host.other.publish(reply)
        #expect(await host.logged("\"join\"").contains("\"from\":\"bob\",\"bridge\":\"chat\"}"))
        #expect(await host.logged("\"rename\"").hasSuffix("\"to\":\"eva\"}"))
        #expect(await host.logged("\"leave\"").contains("\"from\":\"eva\""))
        #expect(
            await host.logged("\"reply\"").hasSuffix(
                "\"reply\":{\"from\":\"ana\",\"number\":\(first),\"text\":\"hola\"}}"))
        // Then its words are gone where it was quoted, too.
        try await host.other.delete(first)
        #expect(await host.logged("\"delete\"").hasSuffix("\"of\":\(first)}"))
    }

    @Test func `what it says is published, and each is answered in order`() async throws {
        let host = try await ExecHost(
            """
            echo "$READY"
            echo '{"type":"say","text":"uno","from":"reloj","id":"a","remote":"r1"}'
            echo '{"type":"say","text":" ","id":[2]}'
            echo '{"type":"say","text":"tres","room":"nowhere","id":3}'
            echo '{"type":"say","text":"cuatro"}'
            cat >&2
            """)
        let said = await host.read(2)
        #expect(said.map(\.text) == ["uno", "cuatro"])
        #expect(said.map(\.sender.name) == ["reloj (bot)", "bot (bot)"])
        #expect(said.map(\.isAutomatic) == [true, true])
        await host.logged("\"verdict\":\"pass\"}")
        while host.test.log.sentences.count(where: { $0.contains("\"said\"") }) < 4 {
            await host.test.settle()
        }
        let answers = host.test.log.sentences.filter { $0.contains("\"said\"") }
        #expect(
            answers[0] == """
                {"type":"said","id":"a","number":\(said[0].number),"verdict":"pass"}
                """)
        #expect(answers[1].hasPrefix("{\"type\":\"said\",\"id\":[2],\"number\":"))
        #expect(
            answers[1].hasSuffix(
                "\"verdict\":\"drop\",\"code\":\"dropped\",\"reason\":\"nothing was said\"}"))
        #expect(answers[2].contains("\"id\":3,\"verdict\":\"drop\",\"code\":\"unknown-room\""))
        #expect(
            answers[3] == "{\"type\":\"said\",\"number\":\(said[1].number),\"verdict\":\"pass\"}")
    }

    @Test func `an answer to what is not there is refused, and its checkpoint is kept`()
        async throws
    {
        let host = try await ExecHost(
            """
            echo "$READY"
            echo '{"type":"say","text":"a nadie","reply":4040404,"id":1,"checkpoint":{"f":"9"}}'
            echo '{"type":"say","text":"a todos","id":2}'
            cat >&2
            """)
        _ = await host.read(1)
        let first = await host.logged("\"said\"")
        #expect(
            first == """
                {"type":"said","id":1,"verdict":"drop","code":"unknown-message","reason":"there is \
                no message #4040404 to answer"}
                """)
        #expect(try await host.port.checkpoints()["f"] == Array("9".utf8))
        await host.logged("\"id\":2,\"number\"")
    }

    @Test(arguments: [false, true])
    func `what programs say is for people, unless it is wanted`(isWanted: Bool) async throws {
        let host = try await ExecHost(Self.showing) { $0.automatic = isWanted }
        await host.untilReady()
        try await host.say("de una máquina", isAutomatic: true)
        try await host.say("de una persona")
        await host.logged("de una persona")
        #expect(
            host.test.log.sentences.contains { $0.contains("\"automatic\":true") } == isWanted)
    }

    @Test func `a long text is cut between two characters`() {
        let text = String(repeating: "a", count: ProgramLine.maxTextBytes - 1) + "ñandú"
        let (cut, isCut) = Body(text).text(atMost: ProgramLine.maxTextBytes)
        #expect(isCut)
        #expect(cut == String(text.prefix(ProgramLine.maxTextBytes - 1)))
        #expect(Body("ñ").text(atMost: 2).isCut == false)
    }

    @Test func `whispers come to whom it stands for, and go to whom it wants`() async throws {
        let host = try await ExecHost(
            """
            echo "$READY"; echo '{"type":"present","name":"eva"}'
            while read -r line; do
                echo "$line" >&2
                case $line in *'"whisper"'*)
                    echo '{"type":"whisper","to":"ana","text":"sí","from":"eva"}' ;;
                esac
            done
            """)
        await host.untilReady()
        await host.other.present(as: "ana")
        while await host.test.bus.perform({ $0.person("eva (bot)") == nil }) {
            await host.test.settle()
        }
        var answers = host.other.privateMessages.makeAsyncIterator()
        async let answer = answers.next()
        _ = try await host.other.whisper("¿estás?", from: "ana", to: "eva (bot)")
        let line = await host.logged("\"whisper\"")
        #expect(line.contains("\"from\":\"ana\",\"to\":\"eva (bot)\",\"text\":\"¿estás?\"}"))
        let message = await answer
        #expect(message?.text == "sí")
        #expect(message?.isAutomatic == true)
    }

    @Test func `it deletes what it has said`() async throws {
        let host = try await ExecHost(
            """
            echo "$READY"; echo '{"type":"say","text":"mal"}'
            while read -r line; do case $line in *'"said"'*)
                number=${line#*'"number":'}
                echo "{\\"type\\":\\"delete\\",\\"number\\":${number%%,*}}"
            esac; done
            """)
        let read = await host.read(2)
        #expect(read[0].text == "" || read[0].text == "mal")
        #expect(read[1].deletedNumber == read[0].number)
    }

    // MARK: - The log

    @Test func `what is no message is told with its beginning, and the program goes on`()
        async throws
    {
        let host = try await ExecHost(
            """
            echo "$READY"; echo 'Traceback: s3cr3t0'; echo '[1]'; echo '{"type":"novelty"}'
            echo '{"type":"log","level":"error","text":"ay s3cr3t0"}'
            echo '{"type":"whisper","to":"s3cr3t0","text":"x"}'; echo '{"type":"s3cr3t0"}'
            printf 'bytes \\377\\n' >&2; printf 's3cr3t0 sin fin' >&2
            echo '{"type":"say","text":"sigo"}'
            """
        ) { $0.environment["KEY"] = Secret("s3cr3t0") }
        #expect(await host.read(1).first?.text == "sigo")
        #expect(
            await host.logged("Traceback")
                == "the program wrote a line that is not a message: Traceback: …")
        await host.logged("[1]")
        #expect(await host.logged("ay ") == "ay …")
        #expect(await host.logged("sin fin") == "… sin fin")
        await host.logged("bytes ")
        await host.logged("could not whisper to …")
        await host.logged("wrote an unknown")
        #expect(!host.test.log.sentences.contains { $0.contains("s3cr3t0") })
    }

    @Test func `a flood of standard error is counted, and long lines are cut`() async throws {
        let host = try await ExecHost(
            """
            echo "$READY"; head -c 9000 /dev/zero | tr '\\0' a >&2; echo >&2
            i=0; while [ $i -lt 500 ]; do echo "line $i" >&2; i=$((i + 1)); done
            """)
        await #expect(throws: BridgeError.self) { try await host.run.value }
        let lines = host.test.log.sentences
        #expect(lines.count { $0.hasPrefix("line ") } == ProgramLog.linesPerSecond - 1)
        #expect(lines.first { $0.hasPrefix("aaa") }?.utf8.count == ProgramLog.maxLineBytes + 3)
        #expect(
            lines.contains("401 more lines of the program are left out: 100 a second are written")
        )
    }

    // MARK: - Its end

    @Test func `a program that is never ready is ended with a sentence`() async throws {
        let host = try await ExecHost("cat >/dev/null")
        await host.clock.untilSomebodySleeps()
        host.clock.advance(by: .seconds(10))
        await #expect(
            throws: BridgeError("the program has not said {\"type\":\"ready\"} within 10s")
        ) { try await host.run.value }
    }

    @Test(arguments: [
        ("exec >/dev/null", "output"), ("exec </dev/null; echo '{\"type\":\"say\"}'", "input"),
        ("exec </dev/null", "input"),
    ])
    func `one that closes its input or output is ended, and run again`(
        closing: String, what: String
    ) async throws {
        let host = try await ExecHost(
            "echo \"$READY\"; \(closing); while :; do sleep 1000 & wait $!; done")
        await host.untilReady()
        // It is told on the way.
        let turning = Task {
            while !Task.isCancelled {
                host.clock.advance(by: .milliseconds(10))
                await host.test.settle()
            }
        }
        defer { turning.cancel() }
        await #expect(throws: BridgeError.self) { try await host.run.value }
        #expect(
            host.test.log.sentences.contains(
                "the program has closed its standard \(what) while running: stopping it"
            ))
    }

    @Test func `one that only reads may close its output`() async throws {
        let host = try await ExecHost(
            "echo \"$READY\"; exec >/dev/null; cat >&2", direction: .out)
        await host.untilReady()
        host.clock.advance(by: .seconds(5))
        try await host.say("hola")
        await host.logged("\"hola\"")
        host.test.stop()
        try await host.run.value
        #expect(!host.test.log.sentences.contains { $0.contains("has closed its standard") })
    }

    @Test func `one that does not read what waits for it is told of, once`() async throws {
        let host = try await ExecHost(
            "trap 'exit 0' TERM; echo \"$READY\"; while :; do sleep 1000 & wait $!; done")
        await host.untilReady()
        for index in 0..<200 {
            try await host.say("línea \(index)")
            await host.test.settle()
        }
        await host.turn(until: "the program has read nothing for 1m: messages wait for it")
        for _ in 0..<200 {
            host.clock.advance(by: .seconds(1))
            await host.test.settle()
        }
        #expect(host.test.log.sentences.count { $0.contains("read nothing") } == 1)
    }

    @Test(arguments: [
        (Exec.Restart.always, 0, true), (.always, 3, true), (.failure, 0, false),
        (.failure, 3, true), (.never, 3, false),
    ])
    func `it is run again as its entry says`(
        _ restart: Exec.Restart, _ status: Int, _ isRunAgain: Bool
    ) async throws {
        let host = try await ExecHost("echo \"$READY\"; exit \(status)") { $0.restart = restart }
        if isRunAgain {
            await #expect(throws: BridgeError("the program ended with status \(status)")) {
                try await host.run.value
            }
        } else {
            try await host.run.value
            await host.logged("ended with status \(status), and is not run again")
        }
    }

    @Test func `a program that is nowhere is named`() async throws {
        let host = try await ExecHost(command: ["no-such-program"])
        do {
            try await host.run.value
            Issue.record("it ran")
        } catch {
            #expect("\(error)".hasPrefix("there is no program no-such-program in "))
        }
        let script = try await ExecHost(command: ["./no-such-script"])
        do {
            try await script.run.value
            Issue.record("it ran")
        } catch {
            #expect(
                "\(error)".hasSuffix("/no-such-script is not a file that can be run (chmod +x)"))
        }
    }

    @Test func `relative directories of PATH lead from the directory that the program runs in`()
        async throws
    {
        let directory = URL.temporaryDirectory.appending(path: "puente-\(UUID().uuidString)")
        let programs = directory.appending(path: "bin")
        try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let program = programs.appending(path: "only-here").path(percentEncoded: false)
        try "#!/bin/sh\necho \"$READY\"; echo it runs >&2; cat >&2\n".write(
            toFile: program, atomically: true, encoding: .utf8)
        #expect(chmod(program, 0o755) == 0)
        var options = Exec.Options()
        options.command = ["only-here"]
        options.directory = directory.path(percentEncoded: false)
        options.environment["PATH"] = Secret("bin:/usr/bin:/bin")
        let found = try options.childCommand(try TestBus().context()).program
        #expect(found == program)
        let host = try await ExecHost("") {
            let ready = $0.environment["READY"]
            $0 = options
            $0.environment["READY"] = ready
        }
        await host.logged("it runs")
        await host.untilReady()
    }

    @Test func `at the end it gets what was said, then stop, and its last words are published`()
        async throws
    {
        let host = try await ExecHost(
            """
            echo "$READY"
            while read -r line; do echo "$line" >&2; done
            echo '{"type":"say","text":"adiós"}'
            """)
        await host.untilReady()
        async let last = host.read(2)
        try await host.say("hola")
        host.test.stop()
        try await host.run.value
        #expect(await last.map(\.text) == ["adiós"])
        let lines = host.test.log.sentences
        let hello = try #require(lines.firstIndex { $0.contains("\"hola\"") })
        let stop = try #require(lines.firstIndex { $0 == "{\"type\":\"stop\"}" })
        #expect(hello < stop)
    }

    @Test func `a program that does not end is told, then killed`() async throws {
        let host = try await ExecHost(
            """
            trap 'echo told >&2' TERM; echo "$READY"
            while :; do sleep 1000 & wait $!; done
            """)
        await host.untilReady()
        host.test.stop()
        await host.turn(until: "told")
        await host.turn(until: "the program has not ended within 5s: killed")
        try await host.run.value
    }

    @Test func `lines are texts, both ways`() async throws {
        let host = try await ExecHost("while read -r line; do echo \"$line\" >&2; echo eco; done") {
            $0.format = .lines
        }
        await host.untilReady()
        async let said = host.read(1)
        try await host.say("hola")
        #expect(await host.logged("hola") == "ana: hola")
        #expect(await said.map(\.text) == ["eco"])
    }
}
