import TimeUnits

/// The sentences that were logged about an outage: each once, and one a minute as long as it lasts.
///
/// Servers that are away in turn make sentences in turn, of which `ThrottledLog` would repeat each
/// once a minute, with counts. Here all of them are one outage, which has one reminder, whatever
/// the sentence, and no count; a new value begins the next outage. Confined like its owner.
struct ToldSentences: Sendable {
    private var known: Set<String> = []
    private var last: MonotonicTime?

    /// The time after which a sentence that still holds is logged again.
    static let reminder: Duration = .seconds(60)
    /// Sentences that are remembered; further ones do not count as new.
    private static let bound = 32

    /// Makes an empty list.
    init() {}

    /// Returns whether a sentence is to be logged.
    mutating func add(_ sentence: String, at now: MonotonicTime) -> Bool {
        let isNew = known.count < Self.bound && known.insert(sentence).inserted
        guard isNew || last.map({ now - $0 >= Self.reminder }) ?? true else { return false }
        last = now
        return true
    }
}
