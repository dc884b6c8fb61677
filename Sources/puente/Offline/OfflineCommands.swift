import Chat
import MessageBus
import Sockets
import Store
import Wiring

/// The commands `schema`, `test`, `replay`, `format`, `completion` and `manual`, which start
/// nothing and need nothing that only the daemon has.
struct OfflineCommands {
    private let registry: Registry
    private let loop: EventLoop
    private let environment = Environment.process.rememberingFiles()

    /// - Parameters:
    ///   - registry: all types.
    ///   - loop: the main thread's loop, on which chains judge.
    init(_ registry: Registry, _ loop: EventLoop) {
        self.registry = registry
        self.loop = loop
    }

    /// Runs one of the commands.
    func run(_ command: Command) async -> CommandStatus {
        switch command {
        case .test(let files, let file): return await test(files, file)
        case .replay(let options, let file): return await replay(options, file)
        case .format(let file, let writes): return await format(file, writes: writes)
        case .completion(let shell):
            let types = Set(registry.bridges.keys).union(registry.middlewares.keys).sorted()
            Terminal.printLine(shell.completions(types: types))
        case .manual: Terminal.printLine(ManualPage.text)
        default: Terminal.write(ConfigurationSchema(registry).text)
        }
        return .success
    }

    // MARK: - test

    private func test(_ files: [String], _ file: String) async -> CommandStatus {
        await CommandStatus.reportingErrors {
            let configuration = try ChainConfiguration.read(
                file, registry: registry, environment: environment)
            var suites: [ChainTests] = []
            for file in files {
                suites.append(
                    try ChainTests.read(file, for: configuration, environment: environment))
            }
            if files.isEmpty {
                suites = [try ChainTests.read(in: configuration, environment: environment)]
            }
            let runner = ChainTestRunner(
                configuration, namePolicy: .chat(configuration.language), on: loop)
            return try await run(suites, runner, configuration.file)
        }
    }

    private func run(
        _ suites: [ChainTests], _ runner: ChainTestRunner, _ file: String
    ) async throws -> CommandStatus {
        var report = TAPReport(file)
        var status = CommandStatus.success
        Terminal.printLine(report.beginning(count: suites.reduce(0) { $0 + $1.tests.count }))
        for suite in suites {
            for test in suite.tests {
                let result = try await runner.run(test)
                if !result.isSuccess { status = .negative }
                Terminal.printLine(report.lines(result, in: suite.file))
            }
        }
        return status
    }

    // MARK: - replay

    private func replay(_ options: Command.ReplayOptions, _ file: String) async -> CommandStatus {
        await CommandStatus.reportingErrors {
            let running = try ChainConfiguration.read(
                file, registry: registry, environment: environment)
            let new =
                try options.with.map {
                    try ChainConfiguration.read(
                        $0, registry: registry, environment: environment)
                }
                ?? running
            let location = try StoreLocation.read(file, environment: environment)
            guard let path = location.path else {
                Terminal.printError("puente: \(file): \"store\" is null: nothing is kept")
                return .unavailable
            }
            let archive = try Archive(path)
            if let room = options.room, try !archive.has(room: room) {
                Terminal.printError(
                    "puente: \(path): nothing was ever said in a room \(room.quoted)")
                return .unavailable
            }
            let replay = try await Replay(
                new, running: running, namePolicy: .chat(new.language), on: loop)
            let lines = ReplayLines(MessageLines(location.language, isJSON: false))
            let sum = try await replay.run(
                archive, Replay.Selection(room: options.room, since: options.since.map(\.ago))
            ) { findings in
                Terminal.printLine(findings.map(lines.lines).joined(separator: "\n"))
            }
            Terminal.printLine(lines.lines(sum))
            return sum.isSame ? .success : .negative
        }
    }

    // MARK: - format

    private func format(_ file: String, writes: Bool) async -> CommandStatus {
        await CommandStatus.reportingErrors {
            let format = try ConfigurationFormat(file)
            guard writes else {
                Terminal.write(format.text)
                return .success
            }
            if format.isInOrder {
                Terminal.printLine("\(file): has this style already.")
                return .success
            }
            do throws(FileProblem) {
                try format.write()
            } catch {
                Terminal.printError("puente: \(file): \(error)")
                return .unavailable
            }
            Terminal.printLine("\(file): written in this style.")
            return .success
        }
    }
}

extension Duration {
    /// The moment that lies this far back.
    var ago: Timestamp { SystemClock().wall() - self }
}
