import JSON
import MessageBus
import Sockets
import Wiring

/// The daemon that runs a configuration, as commands reach it: over its control socket.
struct RunningDaemon {
    private let location: ControlLocation
    private let path: String
    private let loop: EventLoop

    /// The time within which a daemon that has not hung begins to answer.
    private static let firstAnswerTime = Duration.seconds(5)

    /// Finds the control socket of a configuration.
    ///
    /// - Parameter loop: the loop of the calling task.
    /// - Throws: `ConfigurationReport`; `ControlError` if the configuration has none.
    init(of file: String, on loop: EventLoop) throws {
        location = try ControlLocation.read(file)
        guard let path = location.path else {
            throw ControlError(
                """
                \(file): there is no control socket: "control" is null, or "store" is and \
                "control" is not given
                """)
        }
        self.path = path
        self.loop = loop
    }

    /// The path of the configuration, made absolute.
    var file: String { location.file }

    /// Sends a request, writes the lines of the answer to standard output and its problems to
    /// standard error, and returns the status with which the answer ends.
    ///
    /// - Parameters:
    ///   - timeout: the time that each line of the answer may take; `nil` sets no limit but that
    ///     for the first one.
    ///   - show: called with each object; returns false to end.
    /// - Throws: `ControlError` if nobody answers.
    func ask(
        _ request: ControlRequest, within timeout: Duration?,
        show: (JSON) -> Bool = { _ in true }
    ) async throws -> CommandStatus {
        let client = try ControlClient(request, to: path, on: loop)
        var within: Duration? = timeout ?? Self.firstAnswerTime
        while let reply = try await client.next(within: within) {
            within = timeout
            switch reply {
            case .line(let text): Terminal.printLine(text)
            case .problem(let text): Terminal.printError(text)
            case .object(let object): guard show(object) else { return .success }
            case .exit(let status): return status
            }
        }
        return .unavailable
    }

    /// Asks the daemon for its status, and returns the answer.
    ///
    /// - Throws: `ControlError` if the daemon does not answer in time.
    func status(within timeout: Duration) async throws -> JSON {
        let client = try ControlClient(
            ControlRequest("status", ["json": .bool(true)]), to: path, on: loop)
        var status: JSON?
        var problem: String?
        while let reply = try await client.next(within: timeout) {
            switch reply {
            case .line(let text): status = JSONReader.read(Array(text.utf8)) ?? status
            case .problem(let text): problem = text
            case .object, .exit: break
            }
        }
        if let status { return status }
        throw ControlError(problem ?? "the daemon on \(path) did not report its state")
    }
}
