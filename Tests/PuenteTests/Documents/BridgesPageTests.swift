import Testing

@Suite struct BridgesPageTests {
    @Test func `the table has a row for every bridge`() throws {
        let page = try ProjectFile("Sources/puente/Puente.docc/Bridges.md").text
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let documented = Set(rows.map { String($0.split(separator: "`")[1]) })
        let titles = try DescribeOutput(Program.run(["describe"]).output).sections.keys
        var described = Set(
            titles.filter { $0.hasPrefix("bridge ") }.map { String($0.dropFirst("bridge ".count)) })
        // A plug-in, which a user may take out.
        described.remove("cuckoo")
        #expect(documented == described)
        #expect(rows.allSatisfy { row in row.count { $0 == "|" } == 10 })
    }
}
