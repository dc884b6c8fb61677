import Foundation
import TestSupport
import Testing

/// All pages of documentation: README.md, the catalogues and .github.
@Suite struct PageTests {
    @Test func `every block is a file of the project, a part of one, or a command`() throws {
        let pages = try Page.all
        #expect(pages.count > 15)
        for page in pages {
            // Blocks without a language are pictures.
            for block in page.blocks where block.language != "" && block.language != "sh" {
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
    }

    @Test func `the command line understands every command`() throws {
        let lines = try Page.all.flatMap(\.blocks).filter { $0.language == "sh" }
            .flatMap { $0.text.split(separator: "\n") }
            .filter { $0.hasPrefix("puente ") }
            .map { $0.split(separator: " | ")[0] }
        #expect(lines.count > 5)
        for line in lines {
            // There is no bridge.json, so a command that is understood fails in another way.
            let status = try shell(String(line), in: "Tests/PuenteTests/Examples")
            #expect(status != 64, "\(line)")
        }
    }

    private func shell(_ line: String, in directory: String) throws -> Int32 {
        let programs = try Program.executable.deletingLastPathComponent()
        let process = try TestProcess(
            ["/bin/sh", "-c", line],
            in: ProjectFile.top.appending(path: directory).path(percentEncoded: false),
            environment: ["PATH": programs.path(percentEncoded: false)])
        return process.wait()
    }

    @Test func `every option is in one table, and the tables say what the code says`() throws {
        let manual = DescribeOutput(try Program.run(["describe"]).output)
        let tables = try Page.all.flatMap(\.optionTables)
        let plugIns = try ProjectFile.all(in: ["Plugins"], endings: [".swift"]).flatMap { file in
            file.text.matches(of: /(?:middleware|bridge)\(\s*"([a-z0-9_-]+)"/).map(\.1)
        }
        let described = manual.titles.filter { title in
            !plugIns.contains(title.split(separator: " ").last ?? "")
        }
        #expect(tables.map(\.title).sorted() == described.sorted())
        for table in tables {
            let options = manual.sections[table.title] ?? []
            let rows = table.rows.map { DescribeOutput.Option(row: $0) }
            #expect(rows.map(\.key) == options.map(\.key), "\(table.title)")
            for (row, option) in zip(rows, options) { #expect(row == option, "\(table.title)") }
        }
    }

    @Test func `every link and every path leads somewhere`() throws {
        let links = try Page.all.flatMap { page in page.links + page.paths + page.pictures }
        #expect(links.count > 60)
        for link in links {
            let file = ProjectFile.top.appending(path: link.path)
            let isThere = FileManager.default.fileExists(atPath: file.path(percentEncoded: false))
            #expect(isThere, "\(link.place): there is no \(link.path)")
        }
    }

    @Test func `the mistakes shown are those that the program reports`() throws {
        let directory = "Tests/PuenteTests/Examples/mistakes"
        let result = try Program.run(["check"], in: directory)
        #expect(result.errors == (try ProjectFile("\(directory)/report.txt").text))
        #expect(result.status == 78)
        #expect(result.output == "")
    }

    @Test(arguments: ["bridge.json", "internet.json", "proxied.json", "red.json"])
    func `the configurations of the chat page are in order`(file: String) async throws {
        let result = try await RunningProgram.result(
            "check", "--config", file,
            in: ProjectFile.top.appending(path: "Tests/PuenteTests/Examples/web"),
            environment: ["CI_TOKEN": "0123456789abcdef"])
        #expect(result.errors == [])
        #expect(result.status == 0)
    }

    @Test(arguments: ["irc", "cuckoo"])
    func `the configurations of other pages are in order`(folder: String) async throws {
        let result = try await RunningProgram.result(
            "check", "--config", "bridge.json",
            in: ProjectFile.top.appending(path: "Tests/PuenteTests/Examples/\(folder)"),
            environment: ["IRC_PASSWORD": "0123456789abcdef"])
        #expect(result.errors == [])
        #expect(result.status == 0)
    }

    @Test func `the changes begin with the version that the program says`() throws {
        let version = try Program.run(["version"]).output.split(separator: "\n").first
        let page = try ProjectFile("Sources/puente/Puente.docc/Changes.md")
        let newest = page.lines.first { $0.hasPrefix("## ") && $0 != "## Overview" }
        #expect(newest.map { "puente \($0.dropFirst(3))" } == version.map(String.init))
    }

    // MARK: - How a page is read

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

    @Test func `links are found from where the page is, those of code and of the web are not`() {
        let text = """
            See [one](../B/One.md), [two](doc:Two) and <doc:Three>, [the web](https://swift.org).
            It is in `Sources/A/A.swift` and `Tests`; `/history` is no path.
            ```swift
            a[0](b)
            ```
            """
        let page = Page(ProjectFile("Sources/A/A.docc/A.md", text: text))
        #expect(
            page.links.map(\.path) == [
                "Sources/A/B/One.md", "Sources/A/A.docc/Two.md", "Sources/A/A.docc/Three.md",
            ])
        #expect(page.links.first?.place == "Sources/A/A.docc/A.md:1")
        #expect(page.paths.map(\.path) == ["Sources/A/A.swift", "Tests"])
        #expect(page.isLandingPage)
    }
}
