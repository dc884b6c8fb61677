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

/// Rules of the project that a look at the text of a file can check.
///
/// Each returns sentences.
enum HouseRules {
    /// Our own modules that a target may import; all others are forbidden.
    private static let ours: [String: Set<String>] = [
        "JSON": [],
        "Locking": [],
        "Metrics": [],
        "TimeUnits": [],
        "MessageBus": ["Locking", "Metrics", "TimeUnits"],
        "Sockets": ["Locking", "Metrics", "TimeUnits", "CLinux", "CCurl", "COpenSSL", "CZlib"],
        "Store": ["Locking", "Metrics", "MessageBus", "TimeUnits", "CSQLite"],
        "Accounts": ["Locking", "MessageBus", "CSodium"],
        "Patterns": ["MessageBus", "TimeUnits", "CPCRE2"],
        "Middlewares": ["MessageBus", "Patterns"],
        "Bridges/Chat": ["Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits"],
        "Bridges/TCP": ["Chat", "Metrics", "MessageBus", "Sockets", "TimeUnits"],
        "Bridges/Stdio": ["Chat", "Locking", "MessageBus", "Sockets"],
        "Bridges/Tail": [
            "Chat", "Locking", "Metrics", "MessageBus", "Sockets", "Patterns", "TimeUnits",
        ],
        "Bridges/Telegram": ["Chat", "JSON", "Locking", "MessageBus", "Sockets"],
        "Bridges/Web": [
            "Chat", "JSON", "Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits",
        ],
        "Bridges/Exec": ["Chat", "JSON", "Locking", "MessageBus", "Sockets"],
        "Bridges/Webhook": ["Chat", "JSON", "Locking", "MessageBus", "Sockets"],
        "Bridges/IRCMessages": [],
        "Bridges/IRC": ["IRC", "Chat", "Locking", "MessageBus", "Sockets", "TimeUnits"],
        "Bridges/IRCServer": [
            "IRC", "Chat", "Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits",
        ],
        "Bridges/NATS": [
            "Chat", "JSON", "Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits", "CNATS",
        ],
        "Bridges/BuiltIns": [
            "ExecBridge", "IRCBridge", "IRCServerBridge", "MessageBus", "NATSBridge",
            "StdioBridge", "TCPBridge", "TailBridge", "TelegramBridge", "WebBridge",
            "WebhookBridge",
        ],
        "StatusServer": ["JSON", "Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits"],
        "Wiring": [
            "JSON", "Locking", "Metrics", "MessageBus", "Sockets", "Store", "Accounts",
            "StatusServer", "TimeUnits",
        ],
        "Plugins": ["MessageBus", "Sockets"],
        "puente": [
            "JSON", "MessageBus", "Sockets", "Store", "Accounts", "Patterns", "Middlewares",
            "Bridges", "Chat", "ExecBridge", "Wiring", "Plugins",
        ],
    ]
    /// The modules of the toolchain that every target may import.
    private static let system: Set = ["Glibc", "Synchronization"]
    /// Targets that may import Foundation: bridges fold names and format dates; plug-ins are the
    /// user's own.
    private static func mayHaveFoundation(_ target: String) -> Bool {
        target.hasPrefix("Bridges/") || target == "Plugins"
    }

    static func wrongImports(_ file: ProjectFile) -> [String] {
        let foundation: Set = mayHaveFoundation(file.target) ? ["Foundation"] : []
        let allowed = ours[file.target].map { $0.union(system).union(foundation) } ?? []
        return file.lines
            .flatMap { $0.split(separator: ";") }
            .compactMap(module)
            .filter { !allowed.contains($0) }
            .map { "\(file.path): \(file.target) must not import \($0)" }
    }

    private static func module(importedBy statement: Substring) -> String? {
        let words = statement.split(separator: " ").drop { word in
            word.hasPrefix("@") || ["public", "package", "internal", "private"].contains(word)
                || word == "fileprivate"
        }
        guard words.first == "import", words.count > 1 else { return nil }
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = words.dropFirst().drop { kinds.contains(String($0)) }.first
        return name?.split(separator: ".").first.map(String.init)
    }

    /// Calls that end the process, and a class that is known to: errors are thrown instead.
    static func forbiddenWords(_ file: ProjectFile) -> [String] {
        // In two parts, so that a search for them finds the real ones.
        ["URL" + "Session", "try" + "!", "fatal" + "Error("]
            .filter(file.text.contains)
            .map { "\(file.path) has \($0)" }
    }

    /// Tasks that begin, or wake up, on a thread of Swift's pool.
    ///
    /// The default argument `Task.sleep(for: $0)` is for tests: the daemon passes another.
    static func poolTasks(_ file: ProjectFile) -> [String] {
        let begins = /\bTask(\.detached)?(\(priority:[^)]*\))?\s*\{/
        let sleeps = /\bTask\.sleep\((?!for: \$0\))/
        return file.lines
            .filter { !$0.contains(/^\s*\/\//) && ($0.contains(begins) || $0.contains(sleeps)) }
            .map { "\(file.path): \($0)" }
    }

    static func tooLong(_ file: ProjectFile) -> [String] {
        let count = file.text.count { $0 == "\n" }
        return count > 400 ? ["\(file.path) has \(count) lines: what noun is missing?"] : []
    }

    /// Macros that choose what the C library declares: with different ones two shims, or a shim and
    /// the toolchain's Glibc module, disagree about a C type.
    static func featureMacros(_ shim: ProjectFile) -> [String] {
        shim.lines.filter { $0.contains(/^\s*#\s*define\s+_\w*(_SOURCE|_BITS)\b/) }
            .map { "\(shim.path): \($0)" }
    }
}
