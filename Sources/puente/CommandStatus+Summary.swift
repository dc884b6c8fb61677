import Wiring

extension CommandStatus {
    /// The meaning of the status.
    var summary: String {
        switch self {
        case .success: "Everything went well."
        case .negative:
            "There is no such account, token or ban; the daemon is not ready; a test has failed; a "
                + "replay found differences."
        case .differs: "A reload would change something."
        case .usage: "The command line makes no sense as it is written."
        case .unavailable:
            "It can't be done: an address is taken, a file can't be opened, a check has failed."
        case .configuration:
            "The configuration, or a file of tests, has problems; all are reported."
        }
    }

    /// Runs a command and returns its status; an error is written to standard error.
    static func reportingErrors(_ body: () async throws -> CommandStatus) async -> CommandStatus {
        do {
            return try await body()
        } catch let report as ConfigurationReport {
            Terminal.printError("\(report)")
            return .configuration
        } catch {
            Terminal.printError("puente: \(error)")
            return .unavailable
        }
    }
}
