/// The sender of a message.
///
/// One value for as long as somebody keeps a name.
///
/// Safe from any thread: nothing in it changes.
@safe public final class Sender: @unchecked Sendable {  // the bytes are written once, in init
    /// The name as everybody sees it: `Ana`, `app.log (tail)`.
    public let name: String
    /// The bridge that brought the message in, by its `name` in bridge.json.
    public let bridge: String
    /// A number for the person, whatever the name: for a connection, an account, a Telegram user.
    ///
    /// Limits and repetitions are counted by it, so that a new name resets nothing.
    public let identity: UInt64
    /// `NAME: `, as it stands in front of each line.
    ///
    /// Lives as long as the sender.
    package let prefix: UnsafeRawBufferPointer
    /// The folded name, by which two names are compared.
    package let key: String
    /// The account that the name belongs to; `nil` for everybody who is not logged in.
    package let account: AccountID?

    /// The identity of the account that speaks for this sender; 0 for everybody who speaks for
    /// themselves.
    package let relay: UInt64

    /// Makes a sender.
    ///
    /// The name must have been cleaned; `key` is its folded form.
    package init(
        name: String, key: String, bridge: String, identity: UInt64, account: AccountID? = nil,
        relay: UInt64 = 0
    ) {
        self.name = name
        self.key = key
        self.bridge = bridge
        self.identity = identity
        self.account = account
        self.relay = relay
        let bytes = Array("\(name): ".utf8)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        unsafe copy.copyBytes(from: bytes)
        unsafe prefix = UnsafeRawBufferPointer(copy)
    }

    deinit { unsafe prefix.deallocate() }

    /// Makes a sender for somebody who is logged in: limits and repetitions count that person's
    /// messages on all bridges together.
    package convenience init(_ account: Account, named name: String? = nil, bridge: String) {
        self.init(
            name: name ?? account.name, key: account.key, bridge: bridge,
            identity: Self.accounts | UInt64(bitPattern: account.id.rawValue), account: account.id)
    }

    /// Makes a sender for somebody whom an account speaks for, shown as `NAME (account)`.
    ///
    /// - Parameter name: a name as people choose it.
    package convenience init(
        _ name: String, relayedBy relay: Sender, fold: (String) -> String
    ) {
        let shown = "\(name) (\(relay.name))"
        var hasher = Hasher()
        hasher.combine(relay.identity)
        hasher.combine(fold(name))
        // The highest bit, as for everybody who does not speak here directly.
        let identity = UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
        self.init(
            name: shown, key: fold(shown), bridge: relay.bridge, identity: identity,
            account: relay.account, relay: relay.identity)
    }

    /// The bit that only the identities of accounts have: those of connections are small, and those
    /// of ports have the highest one.
    private static let accounts: UInt64 = 1 << 62

    /// Makes a sender for somebody who speaks by a bridge, shown as its `senderFormat` says.
    convenience init(
        named name: String, attachment: BridgeAttachment, namePolicy: NamePolicy, identity: UInt64
    ) {
        let shown = Self.shownName(name, attachment: attachment, namePolicy: namePolicy)
        self.init(
            name: shown, key: namePolicy.fold(shown), bridge: attachment.name, identity: identity)
    }

    /// Returns a name as readers see it on a bridge.
    static func shownName(_ name: String, attachment: BridgeAttachment, namePolicy: NamePolicy)
        -> String
    {
        if attachment.isFleet { return name }
        return attachment.senderFormat
            .replacing("{bridge}", with: attachment.name)
            // Last, so that nothing in a name is filled in.
            .replacing("{name}", with: namePolicy.clean(name))
    }

    /// Number of bytes of the name at the beginning of `prefix`.
    package var nameCount: Int { unsafe prefix.count - 2 }
}
