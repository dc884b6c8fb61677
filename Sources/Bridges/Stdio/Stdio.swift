import Chat
import MessageBus
import Sockets

/// The terminal, or a script, that the daemon was started from: lines of standard input come in,
/// what the room says goes out on standard output.
package struct Stdio: Bridge {
    /// How a line of standard input is read.
    package enum Form: String, Sendable, CaseIterable, OptionValue {
        /// The line is the text.
        case text
        /// `NAME: TEXT`.
        case chat
    }

    /// What bridge.json may say.
    package struct Options: PluginOptions {
        @Option(
            "Who says what comes in; by default the user that the daemon runs as.",
            absent: "the user")
        package var sender: String?
        @Option("What a line of standard input is: its text, or NAME: TEXT.")
        package var lines = Form.text
        @Option("Whether the daemon stops at the end of standard input.")
        package var exitAtEnd = false
        @Option(
            "What waits for a slow reader of standard output, in memory.",
            in: .kibibytes(64)...(.gibibytes(1)))
        package var buffer = ByteCount.mebibytes(64)

        /// The defaults.
        package init() {}

        /// Names that other programs have for these.
        package static let synonyms = [
            "user": "\"sender\"", "nick": "\"sender\"", "author": "\"sender\"",
        ]

        /// Finds a sender of nobody, and two bridges that would each get some of the lines.
        package func validate(_ check: inout OptionCheck) {
            if let sender { check.name(sender, at: $sender) }
            if check.direction?.way != .out {
                check.unique(
                    "", "standard input", expected: "a standard input of its own",
                    at: check.object, hint: "; all but one need \"direction\": \"out\"")
            }
        }
    }

    /// Longest line of standard input in bytes, without its ending.
    static let longestLine = 64 << 10

    private let options: Options
    private let input: Int32
    private let output: Int32

    /// Makes the bridge of its options.
    package init(_ options: Options) { self.init(options, input: 0, output: 1) }

    /// Makes one that takes other descriptors for standard input and output.
    package init(_ options: Options, input: Int32, output: Int32) {
        self.options = options
        self.input = input
        self.output = output
    }

    /// Reads and writes until the bus has stopped or nobody reads standard output any more.
    package func run(_ port: Port) async throws {
        let dropLog = StdioDropLog(port.log)
        let sender = options.sender ?? LoginName.current ?? Phrases(port.language).operatorName
        let input = port.direction == .out ? nil : try makeInput(sender, port, dropLog)
        let output =
            port.direction == .in
            ? nil
            : try StdioOutput(
                self.output, buffer: options.buffer, port)
        if input != nil { await port.openSource() }
        if input != nil, output != nil, await !port.present(as: sender) {
            port.log.warning("somebody else is called \(sender): private messages go there")
        }
        let end = await withTaskGroup(of: Event.self) { group in
            if let input {
                group.addTask {
                    await input.run()
                    return .inputEnded
                }
                group.addTask {
                    await port.stopping()
                    input.stop()
                    return .other
                }
            }
            if let output { group.addTask { .outputEnded(await output.run()) } }
            await port.ready()
            return await follow(&group, input, output)
        }
        try finish(end, port)
    }

    private enum Event {
        case inputEnded
        case outputEnded(StdioOutput.End)
        case other
    }

    private func makeInput(
        _ sender: String, _ port: Port, _ dropLog: StdioDropLog
    ) throws -> StdioInput {
        try StdioInput(
            input, lines: options.lines, sender: sender, exitsAtEnd: options.exitAtEnd, port,
            dropLog)
    }

    /// Waits for both directions, and sees to it that the end of what goes out ends what comes in.
    private func follow(
        _ group: inout TaskGroup<Event>, _ input: StdioInput?, _ output: StdioOutput?
    ) async -> StdioOutput.End {
        var isReading = input != nil
        var end: StdioOutput.End? = output == nil ? .done : nil
        for await event in group {
            switch event {
            case .inputEnded: isReading = false
            case .outputEnded(let reason):
                end = reason
                // With exitAtEnd every line is still published, and the end of input ends it all.
                if case .gone = reason, options.exitAtEnd { break }
                input?.stop()
            case .other: break
            }
            if let end, !isReading {
                group.cancelAll()
                await group.waitForAll()
                return end
            }
        }
        return end ?? .done
    }

    private func finish(_ end: StdioOutput.End, _ port: Port) throws {
        switch end {
        case .done: break
        case .gone(let reason):
            port.log.info("nobody reads standard output any more (\(reason)): the bridge ends")
            // Without input there is no end of it to wait for.
            if options.exitAtEnd, port.direction == .out { port.stopDaemon() }
        case .failed(let error): throw error
        }
    }
}

extension Registry {
    /// Makes `stdio` known.
    package mutating func registerStdio() {
        bridge(
            "stdio", about: "Lines of standard input come in, the room goes out on standard output."
        ) { Stdio($0) }
    }
}

extension Phrases {
    /// Whoever sits at the terminal, if the system has no name for them.
    fileprivate var operatorName: String { say("operador", "operator") }
}
