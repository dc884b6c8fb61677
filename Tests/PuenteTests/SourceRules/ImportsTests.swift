import Testing

/// Checks that `--explicit-target-dependency-import-check` lacks: modules of the system, and house
/// rules.
@Suite struct ImportsTests {
    @Test func `every target imports only what it may`() throws {
        let files = try ProjectFile.all(in: ["Sources", "Plugins"], endings: [".swift"])
        #expect(files.count > 50)
        #expect(files.flatMap(HouseRules.wrongImports) == [])
    }

    @Test func `nothing in the sources is a trap`() throws {
        let files = try ProjectFile.all(in: ["Sources", "Plugins"], endings: [".swift"])
        #expect(files.flatMap(HouseRules.forbiddenWords) == [])
    }

    @Test func `nothing of the daemon runs in Swift's pool, which plug-ins may hold`() throws {
        let files = try ProjectFile.all(in: ["Sources"], endings: [".swift"])
        #expect(files.flatMap(HouseRules.poolTasks) == [])
    }

    @Test(arguments: [
        "        Task { await x() }", "task = Task { [weak self] in", "Task.detached { x() }",
        "    try await Task.sleep(for: .seconds(1))", "Task(priority: .high) {",
    ])
    func `a task in Swift's pool is found`(line: String) {
        #expect(HouseRules.poolTasks(ProjectFile("Sources/A/A.swift", text: line)).count == 1)
    }

    @Test(arguments: [
        "Task(executorPreference: bus.tasks) { await x() }", "group.addTask { await x() }",
        "/// Task { x() }", "let task: Task<Void, Never>", "    try await Task.sleep(for: $0)",
    ])
    func `another task is none of those`(line: String) {
        #expect(HouseRules.poolTasks(ProjectFile("Sources/A/A.swift", text: line)) == [])
    }

    @Test func `no file is longer than 400 lines`() throws {
        let files = try ProjectFile.all(in: ["Sources", "Plugins", "Tests"], endings: [".swift"])
        #expect(files.flatMap(HouseRules.tooLong) == [])
    }

    @Test func `the shims agree about the C library`() throws {
        let shims = try ProjectFile.all(in: ["Sources"], endings: [".h"])
        #expect(shims.count > 1)
        #expect(shims.flatMap(HouseRules.featureMacros) == [])
    }

    @Test(arguments: [
        ("Sources/Locking/A.swift", "import MessageBus"),
        ("Sources/MessageBus/A.swift", "import Foundation"),
        ("Sources/MessageBus/A.swift", "    @preconcurrency import Sockets"),
        ("Sources/Sockets/A.swift", "import MessageBus"),
        ("Sources/Sockets/A.swift", "import class Foundation.Process"),
        ("Sources/Middlewares/A.swift", "internal import Sockets"),
        ("Sources/Middlewares/A.swift", "import FoundationEssentials"),
        ("Sources/Wiring/A.swift", "import Middlewares"),
        ("Sources/Wiring/A.swift", "@_exported import Plugins"),
        ("Sources/Bridges/TCP/A.swift", "package import Wiring"),
        ("Sources/Bridges/Tail/A.swift", "import TCPBridge"),
        ("Sources/Bridges/Chat/A.swift", "import Glibc; import Store"),
        ("Plugins/A.swift", "@testable import Wiring"),
        ("Sources/Elsewhere/A.swift", "import MessageBus"),
    ])
    func `an import that is not allowed is found`(path: String, line: String) {
        let file = ProjectFile(path, text: "\(line)\n")
        #expect(HouseRules.wrongImports(file).count == 1)
    }

    @Test func `allowed imports, and text that only looks like one, are fine`() {
        let text = """
            import Foundation
            internal import MessageBus
            import struct Sockets.LineSplitter
            // import Wiring
            let important = 1
            """
        let bridge = ProjectFile("Sources/Bridges/TCP/A.swift", text: text)
        #expect(HouseRules.wrongImports(bridge) == [])
        #expect(HouseRules.wrongImports(ProjectFile("Plugins/A.swift", text: text)) == [])
    }

    @Test(arguments: ["URL" + "Session.shared", "try" + "! x()", "fatal" + "Error()"])
    func `a trap is found`(line: String) {
        #expect(HouseRules.forbiddenWords(ProjectFile("Plugins/A.swift", text: line)).count == 1)
    }

    @Test func `a long file and a feature macro are found`() {
        let long = String(repeating: "\n", count: 401)
        #expect(HouseRules.tooLong(ProjectFile("Sources/A.swift", text: long)).count == 1)
        #expect(
            HouseRules.tooLong(ProjectFile("Sources/A.swift", text: "\(long.dropLast())")) == [])
        for line in ["#define _GNU_SOURCE", "# define _FILE_OFFSET_BITS 64"] {
            let shim = ProjectFile("Sources/CLinux/shim.h", text: line)
            #expect(HouseRules.featureMacros(shim).count == 1)
        }
        let comment = ProjectFile("Sources/CLinux/shim.h", text: "// No shim defines _GNU_SOURCE")
        #expect(HouseRules.featureMacros(comment) == [])
    }
}
