/// The profile that an IRC user gives: user name, real name and away message.
///
/// Shared by all clients of one person. Confined to the bus's loop, which `IRCPeople` checks.
final class Profile {
    let username: String
    var realname: String
    /// The away message; `nil` while the user is not away.
    var away: String?
    /// The number of clients.
    var clients = 0

    init(username: String, realname: String) {
        self.username = username
        self.realname = realname
    }
}
