import JSON
import MessageBus
import Patterns
import Sockets
import Wiring

/// The command `tap`, which shows the messages that pass through the running daemon.
struct TapCommand {
    private let options: TapOptions
    private let file: String
    private let loop: EventLoop

    /// - Parameters:
    ///   - file: the configuration that says where the control socket is.
    ///   - loop: the loop of the calling task.
    init(_ options: TapOptions, _ file: String, on loop: EventLoop) {
        self.options = options
        self.file = file
        self.loop = loop
    }

    /// Shows messages until the daemon or the reader of standard output is gone.
    func run() async -> CommandStatus {
        await CommandStatus.reportingErrors {
            let matcher = try options.pattern.map { try Matcher(try Pattern($0)) }
            let lines = TapLines(isJSON: options.isJSON)
            return try await RunningDaemon(of: file, on: loop).ask(request, within: nil) {
                show($0, lines, matcher)
            }
        }
    }

    private var request: ControlRequest {
        var arguments: [String: JSON] = ["verdict": .text(options.verdict.rawValue)]
        if let room = options.room { arguments["room"] = .text(room) }
        if let bridge = options.bridge { arguments["bridge"] = .text(bridge) }
        return ControlRequest("tap", arguments)
    }

    /// Shows an object of the answer; returns false if nobody reads the output any more.
    private func show(_ message: JSON, _ lines: TapLines, _ matcher: Matcher?) -> Bool {
        if let count = message["missed"].integer {
            // This line is about the display, not part of it.
            Terminal.printError(lines.missed(count))
            return true
        }
        if message["tapping"].isTrue {
            Terminal.printError("puente: showing what passes from now on; control-C ends it")
        }
        guard message["number"].integer != nil else { return true }
        var text = lines.lines(message)
        if let matcher {
            // A text that is too hard to search is shown rather than hidden.
            let isMeant = text.withUTF8 { bytes in
                unsafe (try? matcher.matches(UnsafeRawBufferPointer(bytes))) ?? true
            }
            if !isMeant { return true }
        }
        return Terminal.printLine(text)
    }
}
