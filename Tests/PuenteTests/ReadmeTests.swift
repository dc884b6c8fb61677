import Testing

@Suite struct ReadmeTests {
    @Test func `every block is a file of the project or a command`() throws {
        let readme = try Page()
        #expect(readme.blocks.count > 5)
        try check(readme.blocks.filter { $0.language != "sh" }, of: readme)
    }

    @Test func `so is the code in the articles`() throws {
        let articles = try ProjectFile.all(in: ["Sources/MessageBus"], endings: [".md"]).map(
            Page.init)
        #expect(articles.count > 4)
        for article in articles {
            try check(article.blocks.filter { $0.language != "" }, of: article)
        }
    }

    private func check(_ blocks: [Page.Block], of page: Page) throws {
        for block in blocks {
            let place = "\(page.file.path):\(block.line)"
            guard let (path, isWhole) = block.file else {
                Issue.record("\(place): the block is no file of the project")
                continue
            }
            let file = try ProjectFile(path)
            let isRight = isWhole ? file.text == block.text : file.text.contains(block.text)
            #expect(isRight, "\(place): \(path) says something else:\n\(file.text)")
        }
    }

    @Test func `the two commands install the same and run everywhere`() throws {
        let commands = try Page().blocks.filter { $0.language == "sh" }.map(\.text)
        let install = "$(command -v sudo) apt-get update && $(command -v sudo) apt-get install -y "
        let packages = try [" && swift run -c release puente\n", " && swift test\n"].map { ending in
            let command = try #require(commands.first { $0.hasSuffix(ending) })
            #expect(command.hasPrefix(install))
            return command.dropLast(ending.count)
        }
        #expect(packages[0] == packages[1])
    }

    @Test func `the tables of options say what the code says`() throws {
        let described = Manual(try Program.run(["describe"]).output)
        let tables = try Page().optionTables
        #expect(
            tables.map(\.title).filter { described.sections[$0] == nil } == [],
            "README.md describes what does not exist")
        let plugIns = try ProjectFile.all(in: ["Plugins"], endings: [".swift"]).flatMap { file in
            file.text.matches(of: /(?:middleware|bridge)\(\s*"([a-z0-9_-]+)"/).map(\.1)
        }
        let missing = described.titles.filter { title in
            let name = title.split(separator: " ").last ?? ""
            return !plugIns.contains(name) && !tables.contains { $0.title == title }
        }
        #expect(missing == [], "README.md says nothing about them")
        for table in tables {
            let options = described.sections[table.title] ?? []
            let rows = table.rows.map { Manual.Option(row: $0) }
            #expect(rows.map(\.key) == options.map(\.key), "\(table.title)")
            for (row, option) in zip(rows, options) { #expect(row == option, "\(table.title)") }
        }
    }

    @Test func `what mistakes look like is what the program says`() throws {
        let directory = "Tests/PuenteTests/Examples/mistakes"
        let result = try Program.run(["check"], in: directory)
        #expect(result.errors == (try ProjectFile("\(directory)/report.txt").text))
        #expect(result.status == 78)
        #expect(result.output == "")
    }

    @Test func `the bridge.json that is shipped is in order`() throws {
        let result = try Program.run(["check"])
        #expect(result.errors == "")
        #expect(result.output == "bridge.json: everything is in order.\n")
        #expect(result.status == 0)
    }

    @Test func `a block that is no file and one that differs are told apart`() throws {
        let text = """
            <!-- part of: bridge.json -->
            ```json
              "name": "puente",
            ```

            ```swift
            let x = 1
            ```
            """
        let blocks = Page(ProjectFile("README.md", text: text)).blocks
        #expect(blocks.map(\.line) == [2, 6])
        #expect(blocks.map(\.text) == ["  \"name\": \"puente\",\n", "let x = 1\n"])
        #expect(blocks[0].file?.path == "bridge.json")
        #expect(blocks[0].file?.isWhole == false)
        #expect(blocks[1].file == nil)
    }
}

/// What `puente describe` prints, read back.
struct Manual {
    /// An option's key and its default as JSON, null where it is said in words; nil where it must be
    /// given.
    struct Option: Equatable {
        let key: String
        let value: String?

        init(key: String, value: String?) {
            self.key = key
            self.value = value
        }

        /// Reads a row of README.md: the key and the default in backticks, `–` for none.
        ///
        /// What is said in words counts as null.
        init(row: [Substring]) {
            let bare = row.map { $0.wholeMatch(of: /`([^`]*)`/).map { String($0.1) } }
            key = (bare.first ?? nil) ?? ""
            value = row.count > 1 && row[1] != "–" ? bare[1] ?? "null" : nil
        }
    }

    private(set) var titles: [String] = []
    private(set) var sections: [String: [Option]] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            if line.first != " " {
                titles.append(String(line))
                sections[String(line)] = []
            } else if let title = titles.last, let option = Self.option(line) {
                sections[title, default: []].append(option)
            }
        }
    }

    private static func option(_ line: Substring) -> Option? {
        let pattern = /\ \ (\w+)\ \ \((.+), (?:default (.+?)|must be given)(?:, never shown)?\)/
        guard let match = line.wholeMatch(of: pattern) else { return nil }
        let isJSON = match.3?.first.map { "[{\"0123456789".contains($0) } ?? false
        let value = isJSON || ["true", "false", nil].contains(match.3) ? match.3 : "null"
        return Option(key: String(match.1), value: value.map(String.init))
    }
}
