/// The word in brackets by which programs recognise an answer; the same in every language.
package enum AnswerCode: String, Sendable, CaseIterable {
    /// The server says it to everybody.
    case announce
    /// The name breaks a rule.
    case badName = "bad-name"
    /// Somebody has the name.
    case nameInUse = "name-in-use"
    /// The command needs a name first.
    case needName = "need-name"
    /// The bytes are not UTF-8.
    case badText = "bad-text"
    /// The line is longer than the bridge allows.
    case tooLong = "too-long"
    /// A limit on messages or commands was exceeded.
    case rateLimited = "rate-limited"
    /// A middleware dropped the message for another reason, or the command can't be done at
    /// present.
    case dropped
    /// There is no such command.
    case unknownCommand = "unknown-command"
    /// Nobody here has that name.
    case unknownUser = "unknown-user"
    /// There is no such room.
    case unknownRoom = "unknown-room"
    /// There is no such message.
    case unknownMessage = "unknown-message"
    /// The command was used wrongly.
    case badArguments = "bad-arguments"
    /// An account is needed.
    case loginRequired = "login-required"
    /// The name or the password is wrong.
    case loginFailed = "login-failed"
    /// The connection is not secure enough for a password.
    case insecure
    /// The bridge does not allow it.
    case forbidden
    /// There are too many connections, or too many unread private messages.
    case full
    /// Lines were left out because the reader was too slow.
    case skipped
    /// The command worked.
    case ok
    /// A line of a command's result.
    case info
}
