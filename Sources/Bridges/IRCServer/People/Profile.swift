/// What somebody who is here by IRC tells of themselves.
///
/// Shared by all clients of one person. Confined to the bus's loop.
final class Profile {
    let username: String
    var realname: String
    /// Why they are away; `nil` while they are not.
    var away: String?
    /// The number of clients.
    var clients = 0

    init(username: String, realname: String) {
        self.username = username
        self.realname = realname
    }
}
