import MessageBus

/// A write that goes along with messages, or a question that is answered after them.
enum StoreRequest {
    case progress(BridgeProgress, PendingCommit)
    case deletion(Deletion, PendingCommit)
    case advance(DurableReader, MessageNumber, [Link], Promise<Void>)
    case attempt(String, MessageNumber, DurableReader, Promise<Void>)
    case dropped(DroppedMessage)
    case verdict(StepVerdict)
    case checkpoints(String, Promise<[String: [UInt8]]>)
    case cursor(DurableReader, Promise<MessageNumber?>)

    /// True if nothing is to be written.
    var onlyAsks: Bool {
        switch self {
        case .checkpoints, .cursor: true
        default: false
        }
    }

    /// The reader whose cursor is asked for or moved.
    var reader: DurableReader? {
        switch self {
        case .advance(let reader, _, _, _), .cursor(let reader, _): reader
        default: nil
        }
    }

    /// True if somebody waits for it.
    var isUrgent: Bool {
        switch self {
        case .dropped, .verdict: false
        case .progress(let progress, _): progress.isAwaited
        default: true
        }
    }

    /// Bytes that count towards the backlog, roughly.
    var weight: Int {
        switch self {
        case .progress(let progress, _):
            progress.checkpoints.reduce(128 * progress.links.count) { $0 + 64 + $1.state.count }
        case .deletion: 256
        case .advance(_, _, let links, _): 64 + 128 * links.count
        case .attempt(let answer, _, _, _): 64 + answer.utf8.count
        case .dropped, .verdict: 256
        case .checkpoints, .cursor: 64
        }
    }

    /// Fails the promise of whoever waits for it.
    func fail(_ error: any Error) {
        switch self {
        case .progress(_, let commit), .deletion(_, let commit): commit.fulfill(.failure(error))
        case .advance(_, _, _, let answer), .attempt(_, _, _, let answer):
            answer.fulfill(.failure(error))
        case .dropped, .verdict: break
        case .checkpoints(_, let answer): answer.fulfill(.failure(error))
        case .cursor(_, let answer): answer.fulfill(.failure(error))
        }
    }
}
