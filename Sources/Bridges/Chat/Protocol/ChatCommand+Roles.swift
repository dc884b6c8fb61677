import MessageBus

// Who may use a command.
extension ChatCommand {
    /// The roles that may use it; `nil` for a command that everybody has.
    package var roles: [Role]? {
        switch self {
        case .kick, .ban, .unban, .bans, .mute, .unmute: [.moderator, .admin]
        case .announce, .role: [.admin]
        case .help, .nick, .rooms, .join, .who, .me, .msg, .reply, .history, .search, .register,
            .login, .password, .unregister, .delete, .quit:
            nil
        }
    }
}
