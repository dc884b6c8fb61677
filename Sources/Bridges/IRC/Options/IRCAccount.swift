import MessageBus

/// The option `sasl`: an account of the network.
package struct IRCAccount: PluginOptions {
    /// The name of the account.
    @Option("The name of the account.")
    package var account: String
    /// Its password.
    @Option("Its password.")
    package var password: Secret

    /// Makes an account without a name.
    package init() {}

    /// Names that other programs have for these options.
    package static let synonyms = [
        "user": "\"account\"", "username": "\"account\"", "login": "\"account\"",
        "pass": "\"password\"",
    ]

    /// Reports an account that can't be sent.
    package func validate(_ check: inout OptionCheck) {
        if account.isEmpty || account.utf8.contains(where: { $0 < 0x20 }) {
            check.problem("expected the name of an account, found \(account.quoted)", at: $account)
        }
        if password.reveal().isEmpty || password.reveal().utf8.contains(0) {
            check.problem("expected a password", at: $password)
        }
    }

    /// True if a server would not take it.
    var isTooLong: Bool { account.utf8.count > 300 || password.reveal().utf8.count > 300 }
}
