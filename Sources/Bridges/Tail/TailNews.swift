import MessageBus

/// What the bridge tells the log: each kind of thing once, and counts now and then.
///
/// Confined to the bridge's thread.
final class TailNews {
    private let log: Log
    private var told: Set<String> = []
    private var cut: [FilePath: Int] = [:]
    private var vanished = 0
    private var lastVanished: FilePath?
    private var lastTold = Int64.min

    /// Sentences remembered so that they are not said again.
    private static let bound = 10_000
    /// Nanoseconds between two reports of the same kind.
    static let pause: Int64 = 10_000_000_000

    init(_ log: Log) { self.log = log }

    /// Says something that has gone wrong, unless it was said already.
    func warnOnce(_ sentence: @autoclosure () -> String) { once(.warning, sentence()) }

    /// Says something, unless it was said already.
    func tellOnce(_ sentence: @autoclosure () -> String) { once(.info, sentence()) }

    private func once(_ level: Log.Level, _ sentence: String) {
        if told.count >= Self.bound { told = [] }
        if told.insert(sentence).inserted { log.write(level, sentence) }
    }

    /// Lets a sentence be said again: what it was about is over.
    func forget(_ sentence: String) { told.remove(sentence) }

    /// Says that something is lost.
    func warn(_ sentence: @autoclosure () -> String) { log.warning(sentence()) }

    /// Says what happened.
    func tell(_ sentence: @autoclosure () -> String) { log.info(sentence()) }

    /// Says what happened, for those who look closely.
    func detail(_ sentence: @autoclosure () -> String) { log.debug(sentence()) }

    /// Counts a line that was cut.
    func noteCut(_ path: FilePath) {
        if cut.count < 100 || cut[path] != nil { cut[path, default: 0] += 1 }
    }

    /// Counts a file that was gone before it could be opened.
    func noteVanished(_ path: FilePath) {
        vanished += 1
        lastVanished = path
    }

    /// Whether there are counts to tell.
    var hasCounts: Bool { !cut.isEmpty || vanished > 0 }

    /// Tells the counts, not too often.
    func tellCounts(now: Int64, isLast: Bool = false) {
        guard hasCounts, isLast || lastTold == .min || now - lastTold >= Self.pause else { return }
        lastTold = now
        for (path, count) in cut.sorted(by: { $0.key < $1.key }) {
            log.warning(
                "\(path): \(count == 1 ? "1 line" : "\(count) lines") longer than maxLine cut")
        }
        cut = [:]
        if let path = lastVanished {
            log.warning(
                "\(vanished == 1 ? "1 file" : "\(vanished) files") came and went before being "
                    + "opened, \(path) last: what was in there is lost")
        }
        vanished = 0
        lastVanished = nil
    }
}
