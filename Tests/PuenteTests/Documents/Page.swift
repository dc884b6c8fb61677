/// README.md or another page of documentation, parsed for tests.
struct Page {
    /// A block of code or text between fences.
    struct Block {
        /// The line before it: `<!-- file: bridge.json -->`.
        let note: Substring
        /// The word after the opening fence: `swift`.
        let language: Substring
        let text: String
        /// The line of its opening fence, from 1.
        let line: Int

        /// The file that it shows, and true if all of it.
        var file: (path: String, isWhole: Bool)? {
            guard let match = note.wholeMatch(of: /<!-- (file|part of): (\S+) -->/) else {
                return nil
            }
            return (String(match.2), match.1 == "file")
        }
    }

    /// A table of options.
    struct OptionTable {
        /// The title in `puente describe`: `bridge tcp`.
        let title: String
        let rows: [[Substring]]
    }

    /// Another file that a page names.
    struct Reference {
        /// The page and the line that it stands in: `README.md:7`.
        let place: String
        /// The path from the project's top.
        let path: String
    }

    let file: ProjectFile

    /// Reads README.md.
    init() throws { file = try ProjectFile("README.md") }

    init(_ file: ProjectFile) { self.file = file }

    /// All pages of the project.
    static var all: [Page] {
        get throws {
            try [Page()]
                + ProjectFile.all(in: ["Sources", ".github"], endings: [".md"]).map(Page.init)
        }
    }

    /// True if it is the first page of its catalogue: `A.docc/A.md`.
    var isLandingPage: Bool {
        let names = file.path.split(separator: "/").suffix(2).map { $0.split(separator: ".")[0] }
        return names.count == 2 && names[0] == names[1]
    }

    /// The links to other files: relative paths, and `doc:` links within a catalogue.
    var links: [Reference] {
        let directory = file.path.split(separator: "/").dropLast()
        return references(to: /\]\(([^)\s]+)\)|<(doc:\w+)>/) { match in
            let target = match.1 ?? match.2 ?? ""
            if target.contains("://") { return nil }
            if target.hasPrefix("doc:") { return directory + ["\(target.dropFirst(4)).md"] }
            return Self.path(to: target, from: Array(directory))
        }
    }

    private static func path(to target: Substring, from directory: [Substring]) -> [Substring] {
        target.split(separator: "/").reduce(into: directory) { path, name in
            if name == ".." { path.removeLast() } else { path.append(name) }
        }
    }

    /// The pictures that are HTML, `<img src="…">`: those of a catalogue can't be links.
    var pictures: [Reference] {
        let directory = file.path.split(separator: "/").dropLast()
        return references(to: /<img src="([^"]+)"/) { match in
            Self.path(to: match.1, from: Array(directory))
        }
    }

    /// The paths in backticks.
    var paths: [Reference] {
        references(to: /`((?:Sources|Tests|Plugins|\.ci|\.github)(?:\/[^`\s]*)?)`/) {
            $0.1.split(separator: "/")
        }
    }

    private func references<Output>(
        to pattern: Regex<Output>, _ path: (Output) -> [Substring]?
    ) -> [Reference] {
        var isInBlock = false
        return file.lines.enumerated().flatMap { index, line -> [Reference] in
            if line.hasPrefix("```") { isInBlock.toggle() }
            if isInBlock { return [] }
            return line.matches(of: pattern).compactMap { match in
                path(match.output).map {
                    Reference(
                        place: "\(file.path):\(index + 1)", path: $0.joined(separator: "/"))
                }
            }
        }
    }

    var blocks: [Block] {
        var blocks: [Block] = []
        var start: Int?
        let lines = file.lines
        for (index, line) in lines.enumerated() where line.hasPrefix("```") {
            guard let first = start else {
                start = index
                continue
            }
            blocks.append(
                Block(
                    note: first > 0 ? lines[first - 1] : "", language: lines[first].dropFirst(3),
                    text: lines[(first + 1)..<index].map { "\($0)\n" }.joined(), line: first + 1))
            start = nil
        }
        return blocks
    }

    /// The tables after `<!-- options: TITLE -->`.
    var optionTables: [OptionTable] {
        let lines = file.lines
        return lines.indices.compactMap { index in
            guard let match = lines[index].wholeMatch(of: /<!-- options: (.+) -->/) else {
                return nil
            }
            let rows = lines[(index + 1)...].prefix { $0.hasPrefix("|") }.dropFirst(2)
            return OptionTable(title: String(match.1), rows: rows.map(Self.cells))
        }
    }

    private static func cells(_ row: Substring) -> [Substring] {
        row.dropFirst().dropLast().split(separator: " | ", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " } }
            .map { cell in cell.last == " " ? cell.dropLast() : cell }
    }
}
