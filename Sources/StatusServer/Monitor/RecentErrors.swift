import Locking
import MessageBus

/// The last errors and warnings of the daemon's log.
///
/// Entries about messages are left out: nobody's words are to be read here. Safe from any thread.
package final class RecentErrors: Sendable {
    /// An entry of the log and its time.
    package struct Entry: Sendable, Equatable {
        package let time: Timestamp
        package let level: Log.Level
        package let bridge: String?
        package let sentence: String
    }

    private let entries = Locked<[Entry]>([])

    /// Entries that are kept: as many as somebody reads.
    static let maxEntries = 20
    /// Characters of a sentence that are kept.
    private static let maxLength = 400

    /// Makes an empty list.
    package init() {}

    /// Takes an entry of the log, if it belongs here.
    package func record(_ entry: Log.Entry, at time: Timestamp) {
        guard entry.level >= .warning, !entry.isAboutMessage else { return }
        let sentence = entry.sentence.shortened(to: Self.maxLength)
        entries.withLock { entries in
            if entries.count == Self.maxEntries { entries.removeFirst() }
            entries.append(
                Entry(time: time, level: entry.level, bridge: entry.bridge, sentence: sentence))
        }
    }

    /// The entries, the newest first.
    package var all: [Entry] { entries.withLock { $0.reversed() } }
}
