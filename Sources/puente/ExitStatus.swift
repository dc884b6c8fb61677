import Wiring

/// The exit status of the program, by sysexits.h.
enum ExitStatus: Int32 {
    case success = 0
    /// There is no such account, token or ban.
    case unknown = 1
    /// A program does not conform.
    static let failure = ExitStatus.unknown
    case usage = 64
    case unavailable = 69
    case configuration = 78
}

extension ExitStatus {
    /// Runs a command and returns its status; an error is written to standard error.
    static func saying(_ body: () async throws -> ExitStatus) async -> ExitStatus {
        do {
            return try await body()
        } catch let report as ConfigurationReport {
            Terminal.complain("\(report)")
            return .configuration
        } catch {
            Terminal.complain("puente: \(error)")
            return .unavailable
        }
    }
}
