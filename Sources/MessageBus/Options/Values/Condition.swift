/// What a middleware judges: messages that all of these match.
public struct Condition: Sendable, Hashable {
    /// What a message reports.
    public enum Kind: String, Sendable, Hashable, CaseIterable, OptionValue {
        /// Somebody said something, or corrected what was said.
        case message
        /// Somebody came in.
        case join
        /// Somebody changed names.
        case rename
        /// Somebody went out.
        case leave
        /// Somebody corrected what was said: corrections alone.
        case edit

        /// Whether it has no text: what there is of it are names.
        var isNotice: Bool {
            switch self {
            case .message, .edit: false
            case .join, .rename, .leave: true
            }
        }
    }

    /// The rooms it is said in; nil for all.
    public var rooms: [Glob]?
    /// The bridges it comes by; nil for all.
    public var bridges: [Glob]?
    /// Those who say it, as they are shown; nil for all.
    ///
    /// Compared as names are: case and compatibility form make no difference.
    public var senders: [Glob]?
    /// What it reports.
    public var kinds: [Kind]

    /// Makes a condition; without arguments, one that all meets that people say.
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
