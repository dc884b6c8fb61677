import MessageBus

/// The form in which a client reads messages: all clients of one form share what is encoded.
struct ClientForm: Hashable, Sendable {
    /// The capabilities that change what is written.
    struct Options: OptionSet, Hashable, Sendable {
        let rawValue: UInt8

        /// `server-time`.
        static let time = Options(rawValue: 1 << 0)
        /// `message-tags`: `msgid` and `+draft/reply`.
        static let tags = Options(rawValue: 1 << 1)
        /// `account-tag`.
        static let account = Options(rawValue: 1 << 2)
        /// `draft/multiline`, with `batch`.
        static let multiline = Options(rawValue: 1 << 3)
        /// `extended-join`.
        static let extendedJoin = Options(rawValue: 1 << 4)
        /// `draft/message-redaction`.
        static let redaction = Options(rawValue: 1 << 5)
    }

    /// The transport of the lines.
    enum Transport: Hashable, Sendable {
        /// A socket: each line ends with CR LF.
        case lines
        /// A WebSocket: a line is a text frame.
        case textFrames
        /// A WebSocket: a line is a binary frame.
        case binaryFrames
    }

    var options: Options
    let transport: Transport
    /// This instance, for a client that wants to know what a message has passed; `nil` for others.
    let instance: String?

    /// Makes the form of a client's capabilities.
    init(
        _ capabilities: Set<Capability>, _ transport: Transport, instance: String
    ) {
        var options: Options = []
        if capabilities.contains(.serverTime) { options.insert(.time) }
        if capabilities.contains(.messageTags) { options.insert(.tags) }
        if capabilities.contains(.accountTag) { options.insert(.account) }
        if capabilities.isSuperset(of: [.multiline, .batch]) { options.insert(.multiline) }
        if capabilities.contains(.extendedJoin) { options.insert(.extendedJoin) }
        if capabilities.contains(.messageRedaction) { options.insert(.redaction) }
        self.options = options
        self.transport = transport
        self.instance =
            capabilities.isSuperset(of: [.passedInstances, .messageTags]) ? instance : nil
    }

    /// The form of transcripts that hold it.
    var framing: TranscriptFraming { transport == .lines ? .lines : .webSocketFrames }
}
