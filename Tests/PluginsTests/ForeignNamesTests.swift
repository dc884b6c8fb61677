import Foundation
import Testing

/// Plug-ins beside modules that have names of their own for a lot of things.
@Suite(.timeLimit(.minutes(10))) struct ForeignNamesTests {
    /// The project's top.
    private static let top = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func `the plug-ins of README compile with Foundation beside, and so does every name`()
        async throws
    {
        let folder = URL.temporaryDirectory.appending(path: "puente-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let plugins = Self.top.appending(path: "Plugins")
        let imports = "import Dispatch\nimport Foundation\nimport Glibc\nimport Synchronization\n"
        for name in try FileManager.default.contentsOfDirectory(atPath: plugins.path()) {
            let text = try String(contentsOf: plugins.appending(path: name), encoding: .utf8)
            try (imports + text).write(
                to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        let names = try Self.publicNames()
        #expect(names.count > 40)
        #expect(names.isSuperset(of: ["Port", "Message", "Option", "Middleware", "Backoff"]))
        let uses = names.sorted().map { "private typealias Use\($0) = \($0)\n" }
        try (imports + "import MessageBus\n" + uses.joined()).write(
            to: folder.appending(path: "Names.swift"), atomically: true, encoding: .utf8)
        #expect(try await Self.compile(folder) == "")
    }

    /// The names that MessageBus declares for everybody at the top of a file.
    private static func publicNames() throws -> Set<String> {
        let sources = top.appending(path: "Sources/MessageBus")
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

    /// Returns the compiler's messages about the files of a directory.
    private static func compile(_ folder: URL) async throws -> String {
        let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let modules = try #require(
            [tests, Bundle.main.bundleURL, tests.deletingLastPathComponent()]
                .map { $0.appending(path: "Modules") }
                .first { FileManager.default.fileExists(atPath: $0.path()) })
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        let log = folder.appending(path: "log")
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["swiftc", "-typecheck", "-swift-version", "6", "-module-name", "Plugins"]
            + ["-I", modules.path()] + files.map { folder.appending(path: $0).path() }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        // Nobody waits on a thread meanwhile: the pool has as many as the machine has cores.
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let said = try String(contentsOf: log, encoding: .utf8)
        return said + (status == 0 ? "" : "status \(status)")
    }
}
