import MessageBus

@testable import Wiring

/// A middleware that judges nothing.
protocol FakeMiddleware: Middleware {}

extension FakeMiddleware {
    func handle(_ message: inout Message) -> Verdict { .pass }
}

/// A bridge that is finished at once.
protocol FakeBridge: Bridge {}

extension FakeBridge {
    func run(_ port: Port) async throws {}
}

extension Context {
    /// An empty context.
    static var fake: Context {
        Context(name: "fake", language: .en, log: .silent, executor: NoExecutor()) { _ in NoLines()
        }
    }
}

private final class NoExecutor: SerialExecutor {
    func enqueue(_ job: consuming ExecutorJob) {}
}

private struct NoLines: LineSink {
    func write(_ line: String) -> Bool { true }
}

/// Stands in for a middleware with bounded options.
struct FakeLimit: FakeMiddleware {
    struct Options: PluginOptions {
        @Option("How many messages.", in: 1...)
        var messages = 20

        @Option("In which time.", above: .zero)
        var per = Duration.seconds(10)

        @Option("How many at once.", in: 1...)
        var burst: Int?

        @Option("Who is counted.")
        var by = By.sender

        func validate(_ check: inout OptionCheck) {
            if let burst, burst < messages {
                check.problem("expected at least messages, \(messages), found \(burst)", at: $burst)
            }
        }
    }

    enum By: String, CaseIterable, OptionValue { case sender, bridge, room }

    let options: Options

    init(_ options: Options) { self.options = options }
}

/// Stands in for a middleware with options inside options.
struct FakeReplace: FakeMiddleware {
    struct Rule: PluginOptions {
        @Option("What is looked for.") var find: String
        @Option("What takes its place.") var with: String
    }

    struct Options: PluginOptions {
        @Option("What is replaced.") var rules: [Rule] = []
    }

    init(_ options: Options) {}
}

/// Stands in for a middleware without options.
struct FakeLog: FakeMiddleware {}

/// Stands in for the socket bridge.
struct FakeTCP: FakeBridge {
    struct TLS: PluginOptions {
        @Option("The certificate's file.") var certificate: String
        @Option("The key's file.") var key: String
    }

    struct Options: PluginOptions {
        @Option("Where to listen.") var listen = Address.network(host: "0.0.0.0", port: 2000)
        @Option("The certificate, for TLS.") var tls: TLS?
        @Option("The longest line.", in: 16...(.mebibytes(1))) var maxLine: ByteCount = .kibibytes(
            4)
        @Option("Whether one's own lines come back.") var echo = true
        @Option("What is said first.") var greeting = "hola"

        func validate(_ check: inout OptionCheck) {
            if greeting != "hola" {
                check.problem(
                    "expected a friendly word, found \($greeting.found(greeting.quoted))",
                    at: $greeting)
            }
        }
    }

    let options: Options

    init(_ options: Options, _ context: Context) { self.options = options }
}

/// Stands in for a bridge that can't be made.
struct FakeStdio: FakeBridge {
    struct Options: PluginOptions {
        @Option("Who speaks.") var sender: String?
    }

    struct Failure: Error, CustomStringConvertible { let description = "stdin is closed" }

    init(_ options: Options) throws {
        if options.sender == "nobody" { throw Failure() }
    }
}

/// Stands in for a bridge with options that must be given.
struct FakeTail: FakeBridge {
    struct Options: PluginOptions {
        @Option("The files.") var paths: [Glob]
        @Option("What is left out.") var exclude: [Glob] = []
    }

    init(_ options: Options) {}
}

/// Stands in for a bridge with secrets.
struct FakeTelegram: FakeBridge {
    struct Options: PluginOptions {
        @Option("The bot's token.") var token: Secret
        @Option("More tokens.") var spare: [Secret] = []
        @Option("Passwords by name.") var passwords: [String: Secret] = [:]
        @Option("The chats and their rooms.") var chats: [String: RoomName] = [:]

        func validate(_ check: inout OptionCheck) {
            check.unique(token.reveal(), "token", expected: "a bot of its own", at: $token)
            for chat in chats.keys.sorted() where !chat.hasPrefix("-") {
                check.problem("expected a chat's id", at: $chats.key(chat))
            }
        }
    }

    let options: Options

    init(_ options: Options) { self.options = options }
}

extension Registry {
    /// The fake plug-ins.
    static var fake: Registry {
        var registry = Registry()
        registry.middleware("limit", about: "A token bucket.", FakeLimit.init)
        registry.middleware("replace", FakeReplace.init)
        registry.middleware("log", FakeLog.init)
        registry.bridge("tcp", FakeTCP.init)
        registry.bridge("stdio", FakeStdio.init)
        registry.bridge("tail", FakeTail.init)
        registry.bridge("telegram", FakeTelegram.init)
        return registry
    }
}

extension Environment {
    /// Variables and files of a test; `bridge.json` is the configuration.
    static func fake(
        _ configuration: String, variables: [String: String] = [:], files: [String: String] = [:]
    ) -> Environment {
        Environment(
            variable: { variables[$0] },
            file: { path, limit throws(FileProblem) in
                let text = path == "bridge.json" ? configuration : files[path]
                guard let text else { throw FileProblem(errno: 2) }
                return Array(text.utf8)
            })
    }
}

/// Reads a configuration and returns the report of its problems, or an empty text.
func report(
    _ configuration: String, variables: [String: String] = [:], files: [String: String] = [:]
) -> String {
    do {
        _ = try Configuration.read(
            "bridge.json", registry: .fake,
            environment: .fake(configuration, variables: variables, files: files))
        return ""
    } catch {
        return error.description
    }
}

/// The problems of a configuration, without the file's name and the closing line.
func problems(
    _ configuration: String, variables: [String: String] = [:], files: [String: String] = [:]
) -> [String] {
    report(configuration, variables: variables, files: files).split(separator: "\n").dropLast()
        .map { String($0.dropFirst("bridge.json:".count)) }
}

/// Reads a configuration that must be valid.
func configuration(
    _ text: String, variables: [String: String] = [:], files: [String: String] = [:]
) throws -> Configuration {
    try Configuration.read(
        "bridge.json", registry: .fake,
        environment: .fake(text, variables: variables, files: files))
}
