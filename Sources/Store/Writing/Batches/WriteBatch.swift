import MessageBus

/// Writes for one transaction: whole turns of the bus's loop, and questions after them.
struct WriteBatch {
    var pages: [MessagePage] = []
    var requests: [StoreRequest] = []
    /// Number of messages in the pages.
    var rows = 0
    /// Bytes of pages and requests that count towards the backlog.
    var weight = 0
    /// Number of the newest message taken with it, whether it is stored or lost.
    var through: MessageNumber = 0
    /// True if somebody waits for it.
    var isUrgent = false

    /// True if there is nothing in it.
    var isEmpty: Bool { pages.isEmpty && requests.isEmpty && through == 0 }
    /// True if it moves checkpoints: sources would not repeat its messages.
    var hasCheckpoint: Bool {
        requests.contains { request in
            if case .progress(let progress, _) = request { return !progress.checkpoints.isEmpty }
            return false
        }
    }
    /// True if something in it is deleted whose traces have to go.
    var hasDeletion: Bool {
        requests.contains { request in
            switch request {
            case .deletion: true
            case .progress(let progress, _): progress.isErasing
            default: false
            }
        }
    }
    /// True if nothing is to be written.
    var onlyAsks: Bool { pages.isEmpty && requests.allSatisfy(\.onlyAsks) }
}
