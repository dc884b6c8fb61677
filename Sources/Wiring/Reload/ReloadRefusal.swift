/// The reason why a new configuration does not take the place of the one that runs.
package struct ReloadRefusal: Error, CustomStringConvertible, Equatable {
    /// The kind of reason.
    package enum Kind: Sendable, Equatable {
        /// Something in the configuration, or in a file that it names, is wrong.
        case problem
        /// The configuration is valid, and can't be used now.
        case impossible
    }

    /// The kind of reason.
    package let kind: Kind
    /// The sentence, without values of the file.
    package let description: String

    /// Makes a refusal.
    init(_ description: String, _ kind: Kind = .impossible) {
        (self.description, self.kind) = (description, kind)
    }

    /// The refusal of everything while the daemon stops.
    static let stopping = ReloadRefusal("the daemon is stopping")
}
