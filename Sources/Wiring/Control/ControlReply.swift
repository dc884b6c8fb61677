import JSON

/// A line that the daemon sends over the control socket to a `puente` command; `ControlAnswer`
/// writes them.
package enum ControlReply: Sendable, Equatable {
    /// For standard output.
    case line(String)
    /// For standard error.
    case problem(String)
    /// Any other JSON object, which the command interprets.
    case object(JSON)
    /// The last line: the exit status of the command.
    case exit(CommandStatus)

    /// Decodes a line.
    init(_ value: JSON) {
        if let text = value["line"].string {
            self = .line(text)
        } else if let text = value["problem"].string {
            self = .problem(text)
        } else if let status = value["exit"].integer {
            self = .exit(CommandStatus(rawValue: Int32(clamping: status)) ?? .unavailable)
        } else {
            self = .object(value)
        }
    }
}
