/// The word in brackets by which a program knows an answer; the same in every language.
package enum AnswerCode: String, Sendable, CaseIterable {
    /// The name is against the rules.
    case badName = "bad-name"
    /// Somebody carries the name.
    case nameInUse = "name-in-use"
    /// Only those with a name may do this.
    case needName = "need-name"
    /// The bytes are not UTF-8.
    case badText = "bad-text"
    /// The line is longer than the bridge takes.
    case tooLong = "too-long"
    /// A middleware found it too much.
    case rateLimited = "rate-limited"
    /// A middleware dropped it for another reason.
    case dropped
    /// There is no such command.
    case unknownCommand = "unknown-command"
    /// Nobody here carries that name.
    case unknownUser = "unknown-user"
    /// There is no such room.
    case unknownRoom = "unknown-room"
    /// There is no such message.
    case unknownMessage = "unknown-message"
    /// The command was used wrongly.
    case badArguments = "bad-arguments"
    /// An account is needed.
    case loginRequired = "login-required"
    /// Name and password don't fit.
    case loginFailed = "login-failed"
    /// A password does not belong on this connection.
    case insecure
    /// This bridge does not allow it.
    case forbidden
    /// There are too many connections.
    case full
    /// The reader was too slow and lines were left out.
    case skipped
    /// A command worked.
    case ok
    /// A line of a command's result.
    case info
}
