import MessageBus

/// The facts that a client gives before it is registered.
///
/// Owned by an `IRCServerClient`; confined to the bus's loop.
struct ClientRegistration {
    /// The nick that it wants.
    var nick: String?
    /// The user name that it gives.
    var username: String?
    /// The real name that it gives, any text.
    var realname = ""
    /// The password of an account, until it is looked at.
    var password: String?
    /// True while it negotiates capabilities.
    var isNegotiating = false
    /// The account that it has logged in to.
    var account: Account?
}
