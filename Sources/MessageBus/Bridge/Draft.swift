/// A message before the bus has judged and numbered it.
public struct Draft: Sendable {
    /// What is said, in one line or several.
    ///
    /// Control characters are removed.
    ///
    /// Nothing but white space is dropped, and so is what is longer than `longestText`.
    public var text: String
    /// Who says it, as the bridge knows them; shown by the bridge's `senderFormat`.
    public var name: String
    /// Who this is whatever the name, for limits; `nil`: whoever has that name.
    public var identity: String?
    /// What kind of message it is.
    public var kind: Message.Kind = .message
    /// The room; `nil`: the bridge's own.
    public var room: String?
    /// What it answers.
    ///
    /// The words are taken from the log if that has the message. From outside they pass the chains
    /// first, as a message of whoever said them: if they are dropped, nothing is quoted.
    public var reply: Quotation?
    /// Whether the chains have judged those words.
    package var hasJudgedReply = false
    /// Where it comes from.
    public var origin: Origin?
    /// When it was said, if the bridge knows.
    ///
    /// Readers are shown that time, and limits and repetitions go by it. What lies in the future or
    /// ten years back counts as not known.
    public var time: Timestamp?
    /// What it holds besides its text, such as a file's id: two with the same text and different
    /// attachments repeat nothing.
    public var attachment: String?
    /// Whether it goes with the message before it, as the second picture of an album does: a limit
    /// counts both as one.
    public var isContinuation = false
    /// Whether answers and edits will look for it by its origin: the store remembers its number by
    /// that, if it is published with a checkpoint; or that it was dropped.
    public var isLinked = false
    /// Whether the bus itself says it: the name stands as it is, `servidor`.
    package var isFromBus = false
    /// Whether the name is one that readers know, as it stands: for words that are only judged.
    package var isNamedAsShown = false

    /// The longest text in bytes: 1 MiB.
    public static let longestText = 1 << 20

    /// Makes a draft.
    public init(_ text: String, from name: String) {
        self.text = text
        self.name = name
    }
}
