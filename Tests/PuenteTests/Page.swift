/// README.md or another page of documentation, as far as tests look at it.
struct Page {
    /// A block of code or text between fences.
    struct Block {
        /// What the line before it says: `<!-- file: bridge.json -->`.
        let note: Substring
        /// What stands behind the opening fence: `swift`.
        let language: Substring
        let text: String
        /// The line of its opening fence, from 1.
        let line: Int

        /// The file that it shows, and whether all of it.
        var file: (path: String, isWhole: Bool)? {
            guard let match = note.wholeMatch(of: /<!-- (file|part of): (\S+) -->/) else {
                return nil
            }
            return (String(match.2), match.1 == "file")
        }
    }

    /// A table of options.
    struct OptionTable {
        /// What `puente describe` calls them: `bridge tcp`.
        let title: String
        let rows: [[Substring]]
    }

    let file: ProjectFile

    init() throws { file = try ProjectFile("README.md") }

    init(_ file: ProjectFile) { self.file = file }

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

    /// The tables that stand behind `<!-- options: TITLE -->`.
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
