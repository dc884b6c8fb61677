import Foundation
import Testing

/// Plug-ins beside modules that have names of their own for a lot of things.
@Suite(.timeLimit(.minutes(10))) struct ForeignNamesTests {
    @Test func `the plug-ins of README compile with Foundation beside, and so does every name`()
        async throws
    {
        let outsider = try OutsideModule()
        defer { outsider.remove() }
        let plugins = OutsideModule.top.appending(path: "Plugins")
        let imports = "import Dispatch\nimport Foundation\nimport Glibc\nimport Synchronization\n"
        for name in try FileManager.default.contentsOfDirectory(atPath: plugins.path()) {
            let text = try String(contentsOf: plugins.appending(path: name), encoding: .utf8)
            try outsider.add(name, imports + text)
        }
        let names = try Self.publicNames()
        #expect(names.count > 40)
        #expect(names.isSuperset(of: ["Port", "Message", "Option", "Middleware", "Backoff"]))
        let uses = names.sorted().map { "private typealias Use\($0) = \($0)\n" }
        try outsider.add("Names.swift", imports + "import MessageBus\n" + uses.joined())
        #expect(try await outsider.compile() == "")
    }

    /// The names that MessageBus declares for everybody at the top of a file.
    private static func publicNames() throws -> Set<String> {
        let sources = OutsideModule.top.appending(path: "Sources/MessageBus")
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path())
        return try files.filter { $0.hasSuffix(".swift") }.reduce(into: []) { names, file in
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            for line in text.split(separator: "\n") {
                let declaration =
                    /public (?:final )?(?:struct|class|enum|protocol|actor|typealias) (\w+)/
                    .ignoresCase(false)
                if let found = line.prefixMatch(of: declaration) { names.insert(String(found.1)) }
            }
        }
    }
}
