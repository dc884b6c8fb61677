import JSON

/// A line of the daemon's answer.
package enum ControlReply: Sendable, Equatable {
    /// For standard output.
    case line(String)
    /// For standard error.
    case problem(String)
    /// An object of the command's own.
    case object(JSON)
    /// The last line: the exit status of the command.
    case exit(CommandStatus)

    /// Makes the reply that a line means.
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
