import MessageBus

/// The check for entries whose files conflict: a log that is written into the store, or one that is
/// read back as soon as it is written.
struct FileConflicts {
    /// Path of the configuration itself.
    let file: String
    let store: StoreOptions?
    let middleware: [MiddlewareEntry]
    let bridges: [BridgeEntry]

    /// Values that were reported already: one file may conflict twice.
    private var reported: Set<ConfigLocation> = []

    /// Compares the files of a configuration.
    init(
        file: String, store: StoreOptions?, middleware: [MiddlewareEntry], bridges: [BridgeEntry]
    ) {
        self.file = file
        self.store = store
        self.middleware = middleware
        self.bridges = bridges
    }

    /// Endings of the files that SQLite and the store keep beside the database.
    private static let companions = ["-wal", "-shm", "-journal", ".lock", ".control"]
    /// The most comparisons of files with patterns: both lists may be long.
    private static let maxComparisons = 200_000

    mutating func report(into problems: inout Problems) {
        guard let files = problems.files else { return }
        let uses = problems.fileUses
        // The look-up resolves paths from the configuration's directory; `file` is not relative to
        // that.
        let own = files.resolved(file.split(separator: "/").last.map(String.init) ?? file)
        let kept = store.map { files.resolved($0.path) }
        reportShared(uses, own, kept, into: &problems)
        var comparisons = 0
        for followed in uses.followed {
            comparisons += uses.written.count + 1
            if comparisons > Self.maxComparisons { return }
            reportFollowed(followed, uses, own, kept, into: &problems)
        }
    }

    /// Reports log files that are the configuration or the store.
    private mutating func reportShared(
        _ uses: FileUses, _ own: String, _ kept: String?, into problems: inout Problems
    ) {
        for written in uses.written {
            let isStore = written.entry.path == "store"
            if written.path == own {
                reported.insert(written.location)
                problems.add(
                    "expected a file of its own, found this configuration", at: written.location)
            } else if let kept, !isStore, isOf(kept, written.path) {
                reported.insert(written.location)
                problems.add("expected a file of its own, found the store", at: written.location)
            }
        }
    }

    private func isOf(_ store: String, _ path: String) -> Bool {
        path == store
            || (path.hasPrefix(store)
                && Self.companions.contains(String(path.dropFirst(store.count))))
    }

    /// Reports files that a bridge follows although the bus writes them.
    private mutating func reportFollowed(
        _ followed: FileUses.Followed, _ uses: FileUses, _ own: String, _ kept: String?,
        into problems: inout Problems
    ) {
        if let kept, ([""] + Self.companions).contains(where: { followed.contains(kept + $0) }) {
            problems.add(
                """
                expected files that the bus does not write, found the store among them: each \
                message would bring in more; leave it out by "exclude"
                """, at: followed.location)
        }
        if followed.contains(own) {
            problems.warn(
                """
                this configuration is among these files: people in the room could read it as it \
                changes
                """, at: followed.location)
        }
        for written in uses.written
        where written.entry.path != "store" && followed.contains(written.path)
            && reported.insert(written.location).inserted
        {
            let owner = followed.entry.path
            if isLoop(from: followed.entry, to: written.entry) {
                problems.add(
                    """
                    expected a file that no bridge follows, found one of \(owner): each line of it \
                    would bring in the next
                    """, at: written.location)
            } else {
                problems.warn("\(owner) follows this file", at: written.location)
            }
        }
    }

    /// Returns true if messages of a bridge reach a middleware.
    private func isLoop(from location: ConfigLocation, to writer: ConfigLocation) -> Bool {
        guard let bridge = bridges.first(where: { $0.location == location }) else { return true }
        let chain = middleware + bridge.middleware
        guard let entry = chain.first(where: { $0.location == writer }) else {
            // A middleware of another bridge: outgoing messages may come from anywhere.
            return bridges.contains { other in
                other.room == bridge.room
                    && other.outgoing.contains { $0.location == writer && judges($0, bridge) }
            }
        }
        return judges(entry, bridge)
    }

    private func judges(_ entry: MiddlewareEntry, _ bridge: BridgeEntry) -> Bool {
        let condition = entry.condition
        return condition.kinds.contains(.message)
            && condition.bridges?.contains { $0.matches(bridge.name) } ?? true
            && condition.rooms?.contains { $0.matches(bridge.room) } ?? true
    }
}
