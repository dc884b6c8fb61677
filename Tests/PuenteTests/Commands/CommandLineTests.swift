import Bridges
import Chat
import Foundation
import MessageBus
import Middlewares
import Plugins
import TestSupport
import Testing
import Wiring

@Suite struct CommandLineTests {
    @Test(arguments: [
        (["fly"], "puente: there is no command \"fly\""),
        (["--fast"], "puente: there is no option \"--fast\" here"),
        (["run", "--config"], "puente: --config needs a value"),
        (["check", "this"], "puente: unexpected argument \"this\""),
        (["describe", "tcp", "stdio"], "puente: unexpected argument \"stdio\""),
        (["version", "--config", "x"], "puente: there is no option \"--config\" here"),
        (["search"], "puente: search needs the words to look for"),
        (["search", "--follow", "x"], "puente: there is no option \"--follow\" here"),
        (["why", "x"], "puente: why needs the number of a message"),
        (["history", "--last", "0"], "puente: --last: expected a whole number > 0, found \"0\""),
        (
            ["history", "--since", "2 h"],
            "puente: --since: expected a duration like \"10s\", at most 36500d, found \"2 h\""
        ),
        (
            ["search", "--since", "999999999999999d", "x"],
            "puente: --since: expected a duration like \"10s\", at most 36500d, "
                + "found \"999999999999999d\""
        ),
    ])
    func `a mistake on the command line is a sentence, the usage and 64`(
        arguments: [String], sentence: String
    ) async throws {
        let program = try RunningProgram(arguments)
        program.endInput()
        let (status, output, errors) = try await program.result()
        #expect(status == 64)
        #expect(errors.first == sentence)
        #expect(errors.contains { $0.contains("puente check ") })
        #expect(output == [])
    }

    @Test(arguments: ["version", "--version"])
    func `version is one line`(word: String) async throws {
        let (status, output, errors) = try await RunningProgram.result(word)
        #expect(status == 0)
        #expect(output == ["puente \(Version.current)"])
        #expect(errors == [])
    }

    @Test(arguments: ["help", "--help", "-h"])
    func `help names every command on standard output`(word: String) async throws {
        let (status, output, errors) = try await RunningProgram.result(word)
        #expect(status == 0)
        for verb in [
            "[run]", "check", "describe", "history", "search", "why", "user", "token", "ban",
            "conform",
            "certificate", "version", "help",
        ] {
            #expect(output.contains { $0.contains("puente \(verb)") }, "\(verb)")
        }
        #expect(errors == [])
    }

    // MARK: - check

    @Test func `check starts nothing`() async throws {
        // The port is taken, and the directory of the middleware's file is missing.
        let other = try TestFolder(bridges: TestFolder.chat)
        let daemon = try other.start()
        let folder = try TestFolder(
            bridges: """
                { "type": "tcp", "listen": "127.0.0.1:\(try await daemon.port())" }
                """,
            more: #""middleware": [{ "type": "log", "file": "all.log" }],"#)
        let (status, output, errors) = try await folder.result("check")
        #expect(status == 0)
        #expect(output == ["bridge.json: everything is in order."])
        #expect(errors == [])
        #expect(folder.text(of: "all.log") == nil)
    }

    @Test func `check reports the same problems as run`() async throws {
        let folder = try TestFolder(bridges: #"{ "type": "tcp", "lisen": "x" }"#)
        let (status, output, errors) = try await folder.result("check")
        #expect(status == 78)
        #expect(output == [])
        #expect(errors.last == "1 problem in bridge.json. Nothing was started.")
        #expect(try await folder.result("run").errors == errors)
    }

    @Test func `the bridge.json of the project is in order`() async throws {
        let (status, _, errors) = try await RunningProgram.result("check", in: ProjectFile.top)
        #expect(status == 0)
        #expect(errors == [])
    }

    // MARK: - describe

    @Test func `describe lists every type with every option and default`() async throws {
        var registry = Registry()
        registry.registerMiddlewares()
        registry.registerBridges()
        registry.registerPlugins()
        let (status, output, errors) = try await RunningProgram.result("describe")
        #expect(status == 0)
        #expect(errors == [])
        let types =
            registry.bridges.values.map { ("bridge \($0.name)", $0.about, $0.options) }
            + registry.middlewares.values.map { ("middleware \($0.name)", $0.about, $0.options) }
        #expect(types.count >= 11)
        let sections = output.split(separator: "")
        for (title, about, options) in types {
            let section = try #require(sections.first { $0.first == title }, "\(title)")
            #expect(section.contains("  \(about)"), "\(title)")
            for option in options { expect(option, in: Array(section)) }
        }
    }

    private func expect(_ option: OptionDescription, in section: [String]) {
        // Two objects of a type may each have an option of that name.
        let lines = section.filter { $0.drop { $0 == " " }.hasPrefix("\(option.name)  (") }
        let value = option.defaultWords.map { "default \($0)" } ?? "must be given"
        #expect(
            lines.contains { $0.contains(option.expectation) && $0.contains(value) },
            "\(option.name)")
        #expect(section.contains { $0.contains(option.sentence) }, "\(option.name)")
        for nested in option.nested { expect(nested, in: section) }
    }

    @Test func `describe of a type is about that one`() async throws {
        let (status, output, _) = try await RunningProgram.result("describe", "tcp")
        #expect(status == 0)
        #expect(output.first == "bridge tcp")
        #expect(output.contains { $0.hasPrefix("  listen  (") && $0.contains("\"0.0.0.0:2000\"") })
        #expect(!output.contains { $0.hasPrefix("middleware") || $0.hasPrefix("bridge stdio") })
    }

    @Test func `describe of a type that does not exist suggests one`() async throws {
        let (status, output, errors) = try await RunningProgram.result("describe", "fliter")
        #expect(status == 64)
        #expect(output == [])
        #expect(
            errors == [
                "puente: no bridge or middleware is called \"fliter\"; did you mean \"filter\"?"
            ])
    }

    @Test(arguments: [["schema"], ["help"], ["describe"]])
    func `output that can't be written is an error, and a reader that is gone is none`(
        arguments: [String]
    ) throws {
        let program = try Program.executable(named: "puente").path(percentEncoded: false)
        let full = try TestProcess.run(
            ["/bin/bash", "-c", "exec \"$@\" >/dev/full", "bash", program] + arguments)
        #expect(full.status == 69)
        #expect(
            full.errors.text == "puente: write standard output: no space left on device\n")
        let gone = try TestProcess.run(
            ["/bin/bash", "-c", "\"$@\" | true; exit ${PIPESTATUS[0]}", "bash", program]
                + arguments)
        #expect(gone.status == 0)
        #expect(gone.errors.isEmpty)
    }
}
