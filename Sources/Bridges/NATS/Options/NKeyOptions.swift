import MessageBus

/// The option `nkey`: a key of ours that the server knows.
package struct NKeyOptions: PluginOptions {
    @Option("The public key, as the server knows it: it begins with U.")
    package var user: String
    @Option("The seed: it begins with SU.")
    package var seed: Secret

    /// Makes options without a key.
    package init() {}

    /// Reports a user key of the wrong form, and a seed with a wrong checksum.
    package func validate(_ check: inout OptionCheck) {
        if !user.hasPrefix("U") || user.utf8.count != 56 {
            check.problem("expected a public user key of 56 characters, U…", at: $user)
        }
        if !seed.reveal().hasPrefix("SU") {
            check.problem("expected a user's seed, SU…", at: $seed)
        } else if !BrokerKeys.isSeed(seed.reveal()) {
            check.problem(
                "expected a user's seed, SU…: this one is cut off or mistyped", at: $seed)
        }
    }
}
