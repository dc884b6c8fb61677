import MessageBus

/// What is to be kept together: whole turns of the bus's loop, and questions behind them.
struct WriteBatch {
    var pages: [MessagePage] = []
    var items: [Item] = []
    /// Messages in its pages.
    var rows = 0
    /// Bytes of all that, as they count towards the backlog.
    var weight = 0
    /// The number of the newest message that was taken with it, whether it is kept or not.
    var through: UInt64 = 0
    /// Whether somebody waits for it.
    var isUrgent = false

    /// Whether nothing is in it.
    var isEmpty: Bool { pages.isEmpty && items.isEmpty && through == 0 }
    /// Whether sources go on behind it, and so would not repeat what it has.
    var hasCheckpoint: Bool {
        items.contains { item in
            if case .progress(let progress, _) = item { return !progress.checkpoints.isEmpty }
            return false
        }
    }
    /// Whether nothing is to be written.
    var onlyAsks: Bool { pages.isEmpty && items.allSatisfy(\.onlyAsks) }
}
