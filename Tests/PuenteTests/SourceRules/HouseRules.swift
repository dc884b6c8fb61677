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
        "Store": ["Locking", "Metrics", "MessageBus", "TimeUnits", "CLinux", "CSQLite"],
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
            "StatusServer", "TimeUnits", "CLinux",
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
