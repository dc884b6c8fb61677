/// The messages that a middleware judges: those for which all of these hold.
public struct Condition: Sendable, Hashable {
    /// The kind of event that a message reports.
    public enum Kind: String, Sendable, Hashable, CaseIterable, OptionValue {
        /// Somebody said something, or corrected what was said.
        case message
        /// Somebody came in.
        case join
        /// Somebody changed names.
        case rename
        /// Somebody went out.
        case leave
        /// Somebody edited what was said: edits alone.
        case edit

        /// True if it has no text, only names.
        var isNotice: Bool {
            switch self {
            case .message, .edit: false
            case .join, .rename, .leave: true
            }
        }
    }

    /// The rooms that the messages are in; nil for all.
    public var rooms: [Glob]?
    /// The bridges that the messages come by; nil for all.
    public var bridges: [Glob]?
    /// The senders, as they are shown; nil for all.
    ///
    /// Compared as names are: case and compatibility form make no difference.
    public var senders: [Glob]?
    /// The kinds of messages.
    public var kinds: [Kind]

    /// Makes a condition; without arguments, one that everything that people say meets.
    public init(
        rooms: [Glob]? = nil, bridges: [Glob]? = nil, senders: [Glob]? = nil,
        kinds: [Kind] = [.message]
    ) {
        self.rooms = rooms
        self.bridges = bridges
        self.senders = senders
        self.kinds = kinds
    }
}
