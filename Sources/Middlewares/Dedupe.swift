import MessageBus

/// A middleware that drops a text that repeats one of its sender's within a short time.
///
/// The time is counted from the moment the text last passed, by the times when messages were
/// written. Not texts but 128-bit keys of them are kept, made with secrets of this step: a
/// collision is practically impossible, even on purpose. The latest 50,000 to 100,000 are
/// remembered; if more come within the time, the oldest are forgotten early. An edit is never
/// a repetition, not even one that undoes the last; a new message with the same text is. Entering
/// the same room or taking the same name again is one, too.
package struct Dedupe: CopyableMiddleware {
    /// The options of `dedupe`.
    package struct Options: PluginOptions {
        @Option("The time in which the same text of the same sender is dropped.", above: .zero)
        package var within = Duration.seconds(30)
        @Option("True: texts are compared as they are, not in compatibility form.")
        package var exact = false

        /// Makes options with their defaults.
        package init() {}

        /// Warns of kinds of messages that can't be dropped.
        package func validate(_ check: inout OptionCheck) { check.warnAboutLeaves() }
    }

    /// The most keys of one generation, of which there are two: 5 MB each.
    static let generation = 50_000

    private let within: Duration
    private let verdict: Verdict
    private let noticeVerdict: Verdict
    private let folding: FoldedText?
    private let secret = DedupeKey.Secret()
    // The present generation and the one before. Instead of being swept, a table is dropped whole.
    private var current: [DedupeKey: Duration] = [:]
    private var previous: [DedupeKey: Duration] = [:]
    private var began: Duration?

    /// Makes a step that remembers nothing yet.
    package init(_ options: Options, _ context: Context) {
        within = options.within
        folding = options.exact ? nil : FoldedText()
        let time = within.spoken
        verdict = .drop(
            context.language.wording(
                es: "ya lo has dicho hace menos de \(time)",
                en: "you said that less than \(time) ago"))
        noticeVerdict = .drop(
            context.language.wording(
                es: "ya lo has hecho hace menos de \(time)",
                en: "you did that less than \(time) ago"))
    }

    /// Number of texts remembered.
    var count: Int { current.count + previous.count }

    /// Drops a text that repeats one of its sender within the time.
    package mutating func handle(_ message: inout Message) -> Verdict {
        if message.isQuotation { return .pass }
        let now = message.moment
        let time = message.kind == .edit ? .zero : within
        let passes = record(key(of: message), at: now, unlessWithin: time)
        beginGenerationIfDue(at: now)
        if passes { return .pass }
        return message.kind.isNotice ? noticeVerdict : verdict
    }

    /// Records that a text passes now; returns false, and changes no moment, if it last passed
    /// within a time.
    private mutating func record(
        _ key: DedupeKey, at now: Duration, unlessWithin time: Duration
    ) -> Bool {
        func replace(_ said: inout Duration) -> Bool {
            if now - said < time, said - now < time { return false }
            said = now
            return true
        }
        // The last moment is found and replaced in one search of the present table. That of a text
        // which never passed is not within the time.
        let earlier = previous[key] ?? now - time
        return replace(&current[key, default: earlier])
    }

    private mutating func beginGenerationIfDue(at now: Duration) {
        guard began.map({ now - $0 >= within }) ?? true || current.count >= Self.generation
        else { return }
        previous = current
        // Probably as many messages will come as last time.
        current = Dictionary(minimumCapacity: min(previous.count, Self.generation))
        began = now
    }

    private func key(of message: Message) -> DedupeKey {
        let identity = message.sender.identity ^ message.attachment
        if message.kind.isNotice {
            // It begins with a control character, which no text contains.
            let name = (message.other ?? message.sender).name
            var notice = "\u{1}\(message.kind.rawValue)\(message.room)\n\(name)"
            return notice.withUTF8 {
                unsafe DedupeKey(of: UnsafeRawBufferPointer($0), by: identity, secret)
            }
        }
        let words = unsafe message.content.unsafeBytes
        return unsafe DedupeKey(of: folding?.form(of: words) ?? words, by: identity, secret)
    }
}
