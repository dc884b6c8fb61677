import Chat
import MessageBus

// Waiting for the chat's pace and after failures.
extension TelegramOutbox {
    /// The longest wait that is not ended when the bus stops.
    private static var shortWait: Duration { .seconds(3) }
    /// The time for which a topic keeps its turn while it waits for the pace, which takes no longer
    /// than this unless there is a flood.
    private static var maxTurn: Duration { .seconds(5) }
    /// The most messages that are counted while Telegram does not answer; beyond that, it is only
    /// known that there are more.
    private static var counted: Int { 1_000 }
    private static var countedBytes: Int { 1 << 20 }

    /// Returns true when a message may be sent and no other topic of this chat is sending; false if
    /// the bus ends before.
    mutating func acquireTurn() async throws -> Bool {
        while true {
            attemptStart = settings.time.now()
            await pace.lock.acquire()
            let pause: Duration
            do {
                guard let left = try await reserveMessage() else {
                    pace.lock.release()
                    return false
                }
                pause = left
            } catch {
                pace.lock.release()
                throw error
            }
            if pause <= .zero { return true }
            // The other topics find out by themselves, and count what waits for them.
            pace.lock.release()
            guard try await waitToRetry(after: pause) else { return false }
        }
    }

    /// Reserves a message, waiting for at most the length of a turn; returns the time still to
    /// wait, or nil if the bus ends before.
    private func reserveMessage() async throws -> Duration? {
        while true {
            let left = pace.reserveMessage()
            if left <= .zero || left > Self.maxTurn { return left }
            guard endsWithBus(left) else {
                try await settings.time.sleep(left)
                continue
            }
            guard try await settings.sleep(for: left) else { return nil }
        }
    }

    /// Returns true if a wait is to end when the bus stops: not if it is short, nor if a later run
    /// could not continue.
    private func endsWithBus(_ pause: Duration) -> Bool {
        pause > Self.shortWait && port.keepsCheckpoints
    }

    /// Waits after a failure or during a flood, and counts what waits when that is about to be
    /// told; returns false if the bus ends.
    ///
    /// Not to be called in one's turn.
    mutating func waitToRetry(after pause: Duration) async throws -> Bool {
        let retryPause = connectionStatus.beginRetryPause(pause, of: observer)
        while true {
            try await countBacklog()
            guard let left = connectionStatus.timeLeft(of: retryPause) else { return true }
            let (connectionStatus, observer) = (connectionStatus, observer)
            guard endsWithBus(pause) else {
                try await connectionStatus.sleep(left, of: observer)
                continue
            }
            let isOn = try await settings.untilStopping {
                try await connectionStatus.sleep(left, of: observer)
                return true
            }
            if isOn == nil { return false }
        }
    }

    /// Counts and records the waiting messages, for announcements in the room.
    @discardableResult
    mutating func countBacklog() async throws -> Backlog {
        try await fillQueue(Self.counted, Self.countedBytes)
        let backlog = backlog(hasMore: try await hasMore())
        connectionStatus.recordBacklog(backlog, of: binding.channel)
        return backlog
    }

    /// Reads the available messages until the queue holds a number of messages or bytes.
    mutating func fillQueue(_ count: Int, _ bytes: Int) async throws {
        var size = queue.reduce(0) { $0 + $1.message.body.count }
        while queue.count < count, size < bytes, try await enqueueNext() {
            size += queue.last?.message.body.count ?? 0
        }
    }

    /// Reads the available messages, up to one that an earlier run had read.
    mutating func fillQueue(through number: MessageNumber) async throws {
        while queue.last.map({ $0.message.number < number }) ?? true, try await enqueueNext() {}
    }
}
