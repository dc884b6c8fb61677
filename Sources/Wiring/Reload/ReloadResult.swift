/// The result of a reload, or of a look at what it would do.
package struct ReloadResult: Sendable, Equatable {
    /// The exit status for the command line, by sysexits.h where it failed.
    package var status: CommandStatus
    /// The plan, a line for each difference; never a value of the file.
    package var lines: [String] = []
    /// Problems and warnings, as the file was read.
    package var problems: [String] = []
    /// The sentence at the end.
    package var summary: String
    /// True if the daemon runs the file's configuration.
    package var isTaken: Bool

    /// The reason why the daemon does not run the file's configuration, in a few words; `nil` if it
    /// does.
    package var refusal: String? {
        if isTaken { return nil }
        return status == .configuration ? "the file has problems" : "it can't be used now"
    }

    /// Makes the result of a refusal.
    static func refused(_ refusal: ReloadRefusal, lines: [String] = []) -> ReloadResult {
        ReloadResult(
            status: refusal.kind == .problem ? .configuration : .unavailable, lines: lines,
            summary: "\(refusal)", isTaken: false)
    }
}
