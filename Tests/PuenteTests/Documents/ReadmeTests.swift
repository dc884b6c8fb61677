import Testing

@Suite struct ReadmeTests {
    @Test func `it has at most 250 lines`() throws {
        #expect(try Page().file.text.count { $0 == "\n" } <= 250)
    }

    @Test func `it leads to every page`() throws {
        let targets = try Set(Page().links.map(\.path))
        for page in try Page.all where !page.isLandingPage && page.file.path != "README.md" {
            #expect(targets.contains(page.file.path), "README.md has no link to \(page.file.path)")
        }
    }

    @Test func `the tests install what the program needs and its peers, everywhere`() throws {
        let commands = try Page().blocks.filter { $0.language == "sh" }.map(\.text)
        let install = "$(command -v sudo) apt-get update && $(command -v sudo) apt-get install -y "
        let packages = try [" && swift run -c release puente\n", " && swift test\n"].map { ending in
            let command = try #require(commands.first { $0.hasSuffix(ending) })
            #expect(command.hasPrefix(install))
            return command.dropLast(ending.count)
        }
        #expect("\(packages[0]) chromium nats-server python3" == packages[1])
        // The start in Spanish is with the same command.
        let spanish = try ProjectFile("Sources/puente/Puente.docc/Empezar.md").text
        #expect(spanish.contains("\n\(packages[0]) && swift run -c release puente\n"))
    }

    @Test func `the bridge.json that is shipped is in order`() throws {
        let result = try Program.run(["check"])
        #expect(result.errors == "")
        #expect(result.output == "bridge.json: everything is in order.\n")
        #expect(result.status == 0)
    }
}
