import Bridges
import Chat
import Glibc
import MessageBus
import Middlewares
import Plugins
import Sockets
import Wiring

/// The command line; `CommandReference` lists the commands.
@main
struct Puente {
    /// Runs a command; not `async`, or another thread would run before signals are blocked, and
    /// they would kill it.
    ///
    /// Everything here runs on the main thread's loop: Swift's pool belongs to plug-ins, and a
    /// system without more threads must be reported in a sentence.
    static func main() {
        StandardDescriptors.secure()
        // Nothing is open yet, so the sockets of a service manager have the numbers that it says.
        let service = ServiceEnvironment.consume()
        MemoryTrimmer.keepLittle()
        // A reader that goes away or a file that is too long must not kill the process.
        Signals.ignoreFailedWrites()
        let command: Command
        do throws(UsageError) {
            command = try Command(Array(CommandLine.arguments.dropFirst()))
        } catch {
            Terminal.printError("puente: \(error)\n\n\(HelpText.text)")
            exit(CommandStatus.usage.rawValue)
        }
        do {
            try ResourceLimits.check()
            let loop = try EventLoop()
            let puente = Puente(command: command, loop: loop, service: service)
            Task.detached(executorPreference: LoopExecutor(loop)) {
                leave(await puente.run())
            }
            loop.run()
        } catch {
            Terminal.printError("puente: \(error)")
            exit(CommandStatus.unavailable.rawValue)
        }
    }

    let command: Command
    /// The main thread's loop.
    let loop: EventLoop
    /// The environment that a service manager has given.
    let service: ServiceEnvironment

    private func run() async -> CommandStatus {
        switch command {
        case .run(let file): return await start(file)
        case .check(let file, let connects): return await check(file, connects: connects)
        case .reload(let isPlan, let file):
            return await ReloadCommand(isPlan: isPlan, file, on: loop).run()
        case .describe(let type): return describe(type)
        case .history(let options, let file):
            return await HistoryCommands(file, clock).history(options)
        case .search(let words, let options, let file):
            return await HistoryCommands(file, clock).search(words, options)
        case .why(let number, let file): return await HistoryCommands(file, clock).why(number)
        case .status(let isJSON, let file):
            return await StatusCommand(isJSON: isJSON, file, on: loop).run()
        case .certificate(let hosts): return await CertificateCommand(hosts).run()
        case .conform(let command, let isDurable):
            return await ConformCommand(command, isDurable: isDurable).run(on: loop)
        case .accounts(let command, let file):
            return await AccountCommands.run(command, file)
        case .tap(let options, let file):
            return await TapCommand(options, file, on: loop).run()
        case .top(let file): return await TopCommand(file, on: loop).run()
        case .schema, .test, .replay, .format, .completion, .manual:
            let registry = registry
            guard registryIsSound(registry) else { return .configuration }
            return await OfflineCommands(registry, loop).run(command)
        case .version:
            Terminal.printLine("puente \(Version.current)")
            return .success
        case .help:
            Terminal.printLine(HelpText.text)
            return .success
        }
    }

    private var clock: LoopSleep { LoopSleep(loop) }

    /// All types; problems with them are mistakes in Plugins.swift.
    private var registry: Registry {
        var registry = Registry()
        registry.registerMiddlewares()
        registry.registerBridges()
        registry.registerPlugins()
        return registry
    }

    private func start(_ file: String) async -> CommandStatus {
        let registry = registry
        guard registryIsSound(registry) else { return .configuration }
        return await CommandStatus.reportingErrors {
            let source = ConfigurationSource(file, registry: registry)
            let configuration = try source.read()
            // From here on the daemon handles them; until now they end it like any program.
            Signals.block(Daemon.signals)
            let sink = try LogSink(configuration.log.format)
            let status = await start(configuration, from: source, sink)
            await sink.close()
            return try status.get()
        }
    }

    private func start(
        _ configuration: Configuration, from source: ConfigurationSource, _ sink: LogSink
    ) async -> Result<CommandStatus, any Error> {
        do {
            let assembly = try Assembly(
                configuration, source: source, namePolicy: .chat(configuration.language),
                sink: sink.write)
            if let slowness = RegularExpressions.slowness {
                Log(from: configuration.log.level, sink: sink.write).info(slowness)
            }
            Descriptors.raiseLimit()
            let daemon = Daemon(
                assembly, on: loop, environment: service, reopenLog: sink.reopen,
                useLog: { sink.use($0.format) }
            ) { outcome in
                guard case .failedToStart(let bridge, let reason) = outcome else {
                    leave(.success)
                }
                Terminal.printError("puente: \(bridge): \(reason)")
                leave(.unavailable)
            }
            KeptUntilTheEnd.keep(assembly)
            let end = try await daemon.run()
            var status = CommandStatus.success
            if case .failedToStart(let bridge, let reason) = end.outcome {
                await sink.complain(reason, of: bridge)
                status = .unavailable
            } else if end.lost > 0 || end.isFailure {
                // The log has said why.
                status = .unavailable
            }
            guard end.abandoned.isEmpty else {
                await sink.close()
                leave(status)
            }
            return .success(status)
        } catch let report as ConfigurationReport {
            return .failure(report)
        } catch {
            await sink.complain("\(error)")
            return .success(.unavailable)
        }
    }

    private func check(_ file: String, connects: Bool) async -> CommandStatus {
        let registry = registry
        guard registryIsSound(registry) else { return .configuration }
        return await CommandStatus.reportingErrors {
            let environment = Environment.process.rememberingFiles()
            let configuration = try Configuration.read(
                file, registry: registry, environment: environment)
            let assembly = try Assembly(
                configuration, namePolicy: .chat(configuration.language)
            ) { _ in }
            KeptUntilTheEnd.keep(assembly)
            try ChainTests.check(
                configuration, registry: registry, environment: environment)
            let report = ConfigurationReport(warningsOf: configuration)
            if report.warningCount > 0 {
                Terminal.printError(report.lines.joined(separator: "\n"))
                let count = ConfigurationReport.number(report.warningCount, "warning")
                Terminal.printLine("\(file): no problems, \(count).")
            } else {
                Terminal.printLine("\(file): everything is in order.")
            }
            guard connects else { return .success }
            let connections = try await ConnectionChecks(assembly, on: loop) { address in
                await ListenCheck([ListenAddress(address, of: "listen")]) {
                    Configuration.path($0, of: configuration.file)
                }.findings()
            }.run()
            Terminal.printLine(connections.lines.joined(separator: "\n"))
            return connections.isGood ? .success : .unavailable
        }
    }

    private func describe(_ type: String?) -> CommandStatus {
        let registry = registry
        guard registryIsSound(registry) else { return .configuration }
        guard let text = PluginReference(registry).text(about: type) else {
            Terminal.printError("puente: \(PluginReference(registry).unknown(type ?? ""))")
            return .usage
        }
        Terminal.printLine(text)
        return .success
    }

    private func registryIsSound(_ registry: Registry) -> Bool {
        for problem in registry.problems { Terminal.printError("puente: \(problem)") }
        return registry.problems.isEmpty
    }
}

/// Ends the process although threads still run: exit(3) would wait for standard input if one of
/// them reads it, and would take down things that others still use.
private func leave(_ status: CommandStatus) -> Never { _exit(status.rawValue) }

/// The owner of everything that a loop runs, until the process ends.
///
/// The loop's thread may be in its last turn when it is stopped; a timer that fires then must find
/// its owner, or the process would end with SIGABRT instead of its status.
///
/// Safe from any thread.
private final class KeptUntilTheEnd: Sendable {
    private let assembly: Assembly

    private init(_ assembly: Assembly) { self.assembly = assembly }

    /// Keeps the parts of a daemon.
    static func keep(_ assembly: Assembly) {
        _ = unsafe Unmanaged.passRetained(KeptUntilTheEnd(assembly))
    }
}
