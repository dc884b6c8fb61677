import MessageBus

/// Drops a text that its sender said a short time before.
///
/// The time counts from when the text last passed, and goes by when something was said. Texts are not kept but 128-bit fingerprints of
/// them, made with secret numbers of this process: that two texts share one is as good as
/// impossible, also for somebody who tries. The latest 50,000 to 100,000 are remembered; when more
/// is said within the time, the oldest are forgotten early. A correction repeats nothing, also one
/// that takes back what the last one changed; saying the same once more does.
package struct Dedupe: CopyableMiddleware {
    /// For how long a text is remembered.
    package struct Options: PluginOptions {
        @Option("For how long the same text of the same sender is dropped.", above: .zero)
        package var within = Duration.seconds(30)
        @Option("Whether texts are compared as they are, and not in compatibility form.")
        package var exact = false

        /// Makes options with their defaults.
        package init() {}
    }

    /// The most texts of one generation, of which there are two: 5 MB each.
    static let generation = 50_000

    private let within: Duration
    private let verdict: Verdict
    private let folding: FoldedText?
    private let secret = Fingerprint.Secret()
    // What was said lately, and before that. Instead of being swept, tables are forgotten whole.
    private var current: [Fingerprint: Duration] = [:]
    private var previous: [Fingerprint: Duration] = [:]
    private var began: Duration?

    /// Makes a step that remembers nothing yet.
    package init(_ options: Options, _ context: Context) {
        within = options.within
        folding = options.exact ? nil : FoldedText()
        let time = within.spoken
        let sentence =
            switch context.language {
            case .es: "ya lo has dicho hace menos de \(time)"
            case .en: "you said that less than \(time) ago"
            }
        verdict = .drop(sentence)
    }

    /// How many texts are remembered.
    var count: Int { current.count + previous.count }

    /// Drops a text that its sender said within the time.
    package mutating func handle(_ message: inout Message) -> Verdict {
        if message.isQuotation { return .pass }
        let now = message.moment
        let words = message.content.unsafeBytes
        let text = Fingerprint(
            of: folding?.form(of: words) ?? words,
            by: message.sender.identity ^ message.attachment, secret)
        if message.kind != .edit, let said = current[text] ?? previous[text],
            now - said < within, said - now < within
        {
            return verdict
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
}
