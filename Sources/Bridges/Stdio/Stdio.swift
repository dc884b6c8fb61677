import Chat
import MessageBus
import Sockets

/// The bridge to the terminal, or the script, that the daemon was started from: lines of standard
/// input come in, and what the room says goes out on standard output.
package struct Stdio: Bridge {
    /// The form of a line of standard input.
    package enum Form: String, Sendable, CaseIterable, OptionValue {
        /// The line is the text.
        case text
        /// `NAME: TEXT`.
        case chat
    }

    /// The bridge's options in bridge.json.
    package struct Options: PluginOptions {
        @Option(
            "The sender of every line; by default the user that the daemon runs as.",
            absent: "the user")
        package var sender: String?
        @Option("The form of a line of standard input: its text, or NAME: TEXT.")
        package var lines = Form.text
        @Option("Stops the daemon at the end of standard input.")
        package var exitAtEnd = false
        @Option(
            "Memory for messages that a slow reader of standard output has not taken yet.",
            in: .kibibytes(64)...(.gibibytes(1)))
        package var buffer = ByteCount.mebibytes(64)

        /// Makes the defaults.
        package init() {}

        /// Names that other programs have for these options.
        package static let synonyms = [
            "user": "\"sender\"", "nick": "\"sender\"", "author": "\"sender\"",
        ]

        /// Reports a sender that is not a name, and two bridges that would share the lines of one
        /// input.
        package func validate(_ check: inout OptionCheck) {
            if let sender { check.name(sender, at: $sender) }
            if check.direction?.way != .out {
                check.unique(
                    "", "standard input", expected: "a standard input of its own",
                    at: check.object, hint: "; all but one need \"direction\": \"out\"")
            }
        }
    }

    /// Bytes of the longest line of standard input, without its ending: longer than any line people
    /// type, and a small part of the buffer.
    static let maxLineBytes = 64 << 10

    private let options: Options
    private let input: Int32
    private let output: Int32
    private let remainder: StdioRemainder

    /// Makes a bridge for standard input and output.
    package init(_ options: Options) { self.init(options, input: 0, output: 1) }

    /// Makes a bridge for other descriptors.
    package init(_ options: Options, input: Int32, output: Int32) {
        self.init(options, input: input, output: output, StdioRemainder())
    }

    /// Makes a bridge that goes on with what an earlier one has left.
    init(_ options: Options, input: Int32, output: Int32, _ remainder: StdioRemainder) {
        self.remainder = remainder
        self.options = options
        self.input = input
        self.output = output
    }

    /// Reads and writes until the bus has stopped or standard output is closed.
    package func run(_ port: Port) async throws {
        let dropLog = StdioDropLog(port.log)
        let sender = options.sender ?? LoginName.current ?? Phrases(port.language).operatorName
        let input = port.direction == .out ? nil : try makeInput(sender, port, dropLog)
        let output =
            port.direction == .in
            ? nil
            : try StdioOutput(
                self.output, buffer: options.buffer, port, remainder)
        if input != nil { await port.openIntake() }
        if input != nil, output != nil, await !port.present(as: sender) {
            port.log.warning(
                """
                somebody else is already called \(sender): private messages to \(sender) go to them
                """)
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
            return await waitForBoth(&group, input, output)
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
            dropLog, remainder)
    }

    /// Waits for both directions; when the output ends, so does the input.
    private func waitForBoth(
        _ group: inout TaskGroup<Event>, _ input: StdioInput?, _ output: StdioOutput?
    ) async -> StdioOutput.End {
        var isReading = input != nil
        var end: StdioOutput.End? = output == nil ? .done : nil
        for await event in group {
            switch event {
            case .inputEnded: isReading = false
            case .outputEnded(let reason):
                end = reason
                // With `exitAtEnd` every line is still published, and the end of the input ends
                // everything.
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
            let sentence = "nobody reads standard output any more (\(reason)): the bridge ends"
            port.log.write(options.exitAtEnd ? .warning : .info, sentence)
            // Whoever waits for the end must learn that something is missing.
            if options.exitAtEnd { port.failDaemon() }
            // Without input there is no end of input to wait for.
            if options.exitAtEnd, port.direction == .out { port.stopDaemon() }
        case .failed(let error):
            // What was said then is missing, even if a later run can write.
            if options.exitAtEnd { port.failDaemon() }
            throw error
        }
    }
}

extension Registry {
    /// Registers `stdio`.
    package mutating func registerStdio() {
        let remainder = StdioRemainder()
        bridge(
            "stdio", about: "Lines of standard input come in, the room goes out on standard output."
        ) { Stdio($0, input: 0, output: 1, remainder) }
    }
}

extension Phrases {
    /// The sender of standard input if the system has no name for the user.
    fileprivate var operatorName: String { say("operador", "operator") }
}
