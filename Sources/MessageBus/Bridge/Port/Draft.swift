/// A message before the bus has judged and numbered it.
public struct Draft: Sendable {
    /// The text, in one line or several.
    ///
    /// Control characters are removed.
    ///
    /// A blank text is dropped, and so is one longer than `maxTextBytes`.
    public var text: String
    /// The author's name as the bridge knows it; shown as the bridge's `senderFormat` says.
    public var name: String
    /// The author's identity for limits, whatever the name; `nil` if the name is the identity.
    public var identity: String?
    /// The kind of message.
    public var kind: Message.Kind = .message
    /// The room; `nil`: the bridge's own.
    public var room: String?
    /// The message that this one answers.
    ///
    /// The quoted words are taken from the log if it has the message. Words from outside pass the
    /// chains first, as a message of their author: if they are dropped, nothing is quoted.
    public var reply: Quotation?
    /// True if the chains have already judged the quoted words, by `Port.judged(_:isShownName:)`.
    public var hasJudgedReply = false
    /// The place the message comes from.
    public var origin: Origin?
    /// The time at which it was said, if the bridge knows.
    ///
    /// Readers are shown that time; limits and the detection of repetitions use it. A time in the
    /// future or ten years back counts as unknown.
    public var time: Timestamp?
    /// An attachment's identity, such as a file's id: two messages with the same text and different
    /// attachments are not a repetition.
    public var attachment: String?
    /// True if the message belongs to the one before it, as the second picture of an album does: a
    /// limit counts both as one.
    public var isContinuation = false
    /// True if a program says it, not a person: programs that answer automatically ignore it.
    public var isAutomatic = false
    /// True if answers and edits will look for the message by its origin: the store links its
    /// number to the origin, or records that it was dropped.
    ///
    /// The link is stored in the same transaction as the message if there is a checkpoint, else
    /// right after it.
    public var isLinked = false
    /// The number of the message that an edit corrects, if the bus has found it.
    var corrected: MessageNumber?
    /// True if the bus itself says it: the name, `servidor`, is shown as it is.
    var isFromBus = false
    /// True if the name already has the form that readers are shown: for words that are only
    /// judged.
    var isNamedAsShown = false

    /// The longest text in bytes: 1 MiB.
    public static let maxTextBytes = 1 << 20

    /// Makes a draft.
    public init(_ text: String, from name: String) {
        self.text = text
        self.name = name
    }
}
