import Testing

/// The table of what a port can do, in "Writing a bridge".
@Suite struct PortPageTests {
    @Test func `the table names every public function and property of Port`() throws {
        let members = try ProjectFile.all(in: ["Sources/MessageBus"], endings: [".swift"])
            .flatMap(Self.members)
        #expect(members.count > 30)
        let page = try ProjectFile("Sources/MessageBus/MessageBus.docc/WritingABridge.md")
        let rows = page.lines.filter { $0.hasPrefix("| ``Port/") }
        for name in Set(members) {
            let isThere = rows.contains { row in
                row.contains("``Port/\(name)(") || row.contains("``Port/\(name)``")
            }
            #expect(isThere, "the table lacks \(name)")
        }
    }

    /// The names of the public members in the parts of a file that belong to `Port`.
    private static func members(of file: ProjectFile) -> [Substring] {
        guard file.text.contains(" Port ") || file.text.contains(" Port:") else { return [] }
        var isPort = false
        var names: [Substring] = []
        for line in file.lines {
            if line.hasPrefix("}") { isPort = false }
            if line.hasPrefix("extension Port ") || line.hasPrefix("public struct Port:") {
                isPort = true
            }
            guard isPort else { continue }
            for start in ["    public func ", "    public var "] where line.hasPrefix(start) {
                let rest = line.dropFirst(start.count)
                names.append(rest.prefix { $0.isLetter || $0.isNumber })
            }
        }
        return names
    }
}
