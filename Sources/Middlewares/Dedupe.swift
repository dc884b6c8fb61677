import MessageBus

/// Drops a text that its sender said a short time before.
///
/// The time counts from when the text last passed, and goes by when something was said. Texts are not kept but 128-bit fingerprints of
/// them, made with secret numbers of this process: that two texts share one is as good as
/// impossible, also for somebody who tries. The latest 50,000 to 100,000 are remembered; when more
/// is said within the time, the oldest are forgotten early. A correction repeats nothing, also one
/// that takes back what the last one changed; saying the same once more does. Entering a room or
/// taking a name is repeated by doing the same again.
package struct Dedupe: CopyableMiddleware {
    /// For how long a text is remembered.
    package struct Options: PluginOptions {
        @Option("For how long the same text of the same sender is dropped.", above: .zero)
        package var within = Duration.seconds(30)
        @Option("Whether texts are compared as they are, and not in compatibility form.")
        package var exact = false

        /// Makes options with their defaults.
        package init() {}

        /// Finds what is not dropped for being repeated.
        package func validate(_ check: inout OptionCheck) { check.leavesPass() }
    }

    /// The most texts of one generation, of which there are two: 5 MB each.
    static let generation = 50_000

    private let within: Duration
    private let verdict: Verdict
    private let noticeVerdict: Verdict
    private let folding: FoldedText?
    private let secret = DedupeKey.Secret()
    // What was said lately, and before that. Instead of being swept, tables are forgotten whole.
    private var current: [DedupeKey: Duration] = [:]
    private var previous: [DedupeKey: Duration] = [:]
    private var began: Duration?

    /// Makes a step that remembers nothing yet.
    package init(_ options: Options, _ context: Context) {
        within = options.within
        folding = options.exact ? nil : FoldedText()
        let time = within.spoken
        let (said, done) =
            switch context.language {
            case .es: ("ya lo has dicho", "ya lo has hecho")
            case .en: ("you said that", "you did that")
            }
        let ago =
            switch context.language {
            case .es: "hace menos de \(time)"
            case .en: "less than \(time) ago"
            }
        verdict = .drop("\(said) \(ago)")
        noticeVerdict = .drop("\(done) \(ago)")
    }

    /// How many texts are remembered.
    var count: Int { current.count + previous.count }

    /// Drops a text that its sender said within the time.
    package mutating func handle(_ message: inout Message) -> Verdict {
        if message.isQuotation { return .pass }
        let now = message.moment
        let text = fingerprint(of: message)
        if message.kind != .edit, let said = current[text] ?? previous[text],
            now - said < within, said - now < within
        {
            return message.kind.isNotice ? noticeVerdict : verdict
        }
        if began.map({ now - $0 >= within }) ?? true || current.count >= Self.generation {
            previous = current
            // As much as last time will probably be said again.
            current = Dictionary(minimumCapacity: min(previous.count, Self.generation))
            began = now
        }
        current[text] = now
        return .pass
    }

    private func fingerprint(of message: Message) -> DedupeKey {
        let identity = message.sender.identity ^ message.attachment
        if message.kind.isNotice {
            // A control character begins it, which no text has.
            let name = (message.other ?? message.sender).name
            var notice = "\u{1}\(message.kind.rawValue)\(message.room)\n\(name)"
            return notice.withUTF8 {
                DedupeKey(of: UnsafeRawBufferPointer($0), by: identity, secret)
            }
        }
        let words = message.content.unsafeBytes
        return DedupeKey(of: folding?.form(of: words) ?? words, by: identity, secret)
    }
}
