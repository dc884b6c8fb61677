import Chat
import MessageBus
import Sockets

/// The bridge to a program, which reads what rooms say on its standard input and speaks through its
/// standard output.
package struct Exec: DurableBridge {
    /// The form of what is read and written.
    package enum Format: String, Sendable, CaseIterable, OptionValue {
        /// One JSON object per line.
        case json
        /// One text per line.
        case lines
    }

    /// The kinds of end after which the program is run again.
    package enum Restart: String, Sendable, CaseIterable, OptionValue {
        /// Any.
        case always
        /// Only failures: another status than 0, or a signal.
        case failure
        /// None.
        case never
    }

    /// The bridge's options in bridge.json.
    package struct Options: PluginOptions {
        @Option(
            "The program and its arguments, which no shell reads; secrets belong in environment.")
        package var command: [String]
        @Option("Variables that are added to a small, clean environment; values may be secrets.")
        package var environment: [String: Secret] = [:]
        @Option("The directory that the program runs in.", absent: "that of bridge.json")
        package var directory: String?
        @Option("The rooms that the program reads and may speak in.", absent: "the bridge's room")
        package var rooms: [RoomName]?
        @Option("The form of a line, both ways: a JSON object, or a text.")
        package var format = Format.json
        @Option("Hands messages over from a stored cursor until the program acknowledges them.")
        package var durable = false
        @Option("Gives the program what programs say as well, not only people.")
        package var automatic = false
        @Option("The ends of the program after which it is run again.")
        package var restart = Restart.always
        @Option(
            "The time that the program has to stop; at half of it it gets SIGTERM.",
            in: .milliseconds(100)...(.seconds(9)))
        package var stopWithin = Duration.seconds(5)

        /// Makes the defaults.
        package init() {}

        /// Names that other programs have for these options.
        package static let synonyms = [
            "cmd": "\"command\"", "args": "\"command\"", "env": "\"environment\"",
            "cwd": "\"directory\"", "timeout": "\"stopWithin\"",
        ]

        /// Reports an invalid command, names that no environment can have, and options that ask for
        /// acknowledgements in a format without them.
        package func validate(_ check: inout OptionCheck) {
            if command.first?.isEmpty ?? true {
                check.problem(
                    "expected a program, and perhaps arguments, found \($command.found("none"))",
                    at: $command)
            }
            if command.contains(where: { $0.utf8.contains(0) }) {
                check.problem("no argument can have a NUL character", at: $command)
            }
            for name in environment.keys.sorted() where !Self.isVariable(name) {
                check.problem(
                    "expected the name of a variable, found \(name.quoted)", at: $environment)
            }
            if environment.values.contains(where: { $0.reveal().utf8.contains(0) }) {
                check.problem("no variable can have a NUL character", at: $environment)
            }
            if rooms?.isEmpty ?? false {
                check.problem("expected one room at least, found none", at: $rooms)
            }
            if durable, format == .lines {
                check.problem(
                    "a program that reads plain lines can't acknowledge them: use format \"json\"",
                    at: $durable)
            }
        }

        private static func isVariable(_ name: String) -> Bool {
            !name.isEmpty && !name.utf8.contains { $0 == UInt8(ascii: "=") || $0 == 0 }
        }
    }

    /// The time within which the program must say that it is ready.
    static let readiness = Duration.seconds(10)

    let options: Options
    let context: Context
    private let time: PauseClock

    /// Makes a bridge whose program does not run yet.
    package init(_ options: Options, _ context: Context) {
        self.init(options, context, time: PauseClock(LoopSleep(context.loop)))
    }

    /// Makes a bridge with another time source.
    init(_ options: Options, _ context: Context, time: PauseClock) {
        self.options = options
        self.context = context
        self.time = time
    }

    /// Stores the place where a program that acknowledges begins to read.
    package func begin(_ port: Port) async throws {
        guard options.durable, port.direction != .in else { return }
        for room in options.rooms?.map(\.text) ?? [port.room] {
            try await port.beginDeliveries(in: room)
        }
    }

    /// Runs the program until it ends, or until the bus stops.
    package func run(_ port: Port) async throws {
        try await begin(port)
        let command = try options.childCommand(context)
        let log = ProgramLog(port.log, hiding: options.environment.values.map { $0.reveal() }) {
            await port.now
        }
        let session = ProgramSession(options, port, context.loop, log: log, time: time)
        let exit = try await session.run(command)
        if await port.isStopping { return }
        let sentence = "the program \(exit)"
        switch options.restart {
        case .always: throw BridgeError(sentence)
        case .failure where !exit.isSuccess: throw BridgeError(sentence)
        case .failure, .never:
            // A program that never worked is a configuration mistake, whatever `restart` says about
            // later ends.
            if !exit.isSuccess, !session.wasReady { throw BridgeError(sentence) }
            port.log.info("\(sentence), and is not run again")
        }
    }
}

extension Registry {
    /// Registers `exec`.
    package mutating func registerExec() {
        bridge(
            "exec",
            about: "A program reads the rooms on its standard input and speaks by its output."
        ) { Exec($0, $1) }
    }
}
