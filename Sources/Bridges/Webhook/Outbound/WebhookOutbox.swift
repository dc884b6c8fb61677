import Chat
import MessageBus
import Sockets

/// The outgoing half of the bridge: it sends the room's messages in order, one request at a time,
/// each until the receiver has answered.
///
/// Owned by the task that runs it.
struct WebhookOutbox {
    let port: Port
    let options: Webhook.Options
    let receiver: Receiver
    let encoder: RequestBodyEncoder
    let client: HTTPClient
    let queue: DeliveryQueue
    let time: PauseClock
    let status: ReceiverStatus
    var notices: FailureNotices
    var backoff = Backoff()
    /// The store's part of each request's id.
    var storeID = ""
    /// The batch that an earlier run has begun.
    var restored: BatchPlan?
    /// The time since which nothing was accepted.
    var failingSince: Timestamp?
    /// True if open connections must not be used.
    var wantsFreshConnection = false

    /// The most bytes of texts in one request, not counting the last one.
    static let maxBatchBytes = 1 << 20

    /// Makes an outbox; `nil` if there is no receiver.
    init?(
        _ options: Webhook.Options, _ port: Port, instance: String, client: HTTPClient,
        queue: DeliveryQueue, time: PauseClock
    ) {
        guard let receiver = options.url.flatMap({ Receiver($0) }) else { return nil }
        self.port = port
        self.options = options
        self.receiver = receiver
        self.client = client
        self.queue = queue
        self.time = time
        encoder = RequestBodyEncoder(
            template: options.body, isBatch: options.batch.messages > 1, instance: instance)
        status = ReceiverStatus(receiver, port)
        notices = FailureNotices(port, receiver)
    }

    /// Delivers until the bus has ended, or the receiver wants no more.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    mutating func run() async throws {
        storeID = try await StoreID.load(port)
        restored = try await port.checkpoint(BatchPlan.checkpointKey).flatMap { BatchPlan($0) }
        failingSince = restored?.failingSince
        while let plan = try await nextPlan() {
            guard try await deliver(plan) else { break }
            // Another bridge takes this one's place, and goes on from here.
            if await port.isReplaced { break }
        }
        await notices.announce()
    }

    // MARK: - What is next

    /// Returns whether a message is for the receiver.
    func isGiven(_ message: Message) -> Bool {
        if !encoder.encodes(message) || message.isPrivate { return false }
        // These are the bridge's own sentences, and deletions of messages that it has brought in.
        if message.sender.bridge == port.name { return false }
        return options.automatic || !message.isAutomatic
    }

    /// Returns the messages of the next request; `nil` at the end.
    private mutating func nextPlan() async throws -> BatchPlan? {
        while true {
            try await waitForMessages()
            guard try await acknowledgeSilent() else { return nil }
            if let plan = try await restoredPlan() { return plan }
            if queue.withContents({ $0.deliveries.isEmpty }) { continue }
            try await waitForOthers()
            guard let plan = makePlan() else { continue }
            // Stored before the first attempt: whatever happens then, it is tried as this batch
            // again.
            try await port.saveCheckpoints([plan.checkpoint])
            return plan
        }
    }

    /// Returns when there are messages, or will be none; meanwhile sends the room any notice that
    /// is due.
    private mutating func waitForMessages() async throws {
        let isReady: @Sendable (borrowing DeliveryQueue.Contents) -> Bool = {
            !$0.deliveries.isEmpty || $0.isFinished
        }
        if notices.isPending {
            let left = notices.due - (await port.now)
            try await wait(until: isReady, atMost: max(left, .zero), orStopping: true)
            await notices.announceIfDue()
        }
        try await queue.wait(until: isReady)
    }

    /// Acknowledges messages at the front that are not for the receiver; returns false at the end.
    private func acknowledgeSilent() async throws -> Bool {
        let (silent, isEnd) = queue.withContents { contents in
            let silent = contents.deliveries.prefix { !isGiven($0.message) || $0.isDeleted }
            return (Array(silent), contents.deliveries.isEmpty && contents.isFinished)
        }
        if isEnd { return false }
        if let last = silent.last {
            try await Delivery.acknowledge([last], areDelivered: false)
            queue.removeFirst(silent.count)
        }
        return true
    }

    /// Returns the batch that an earlier run has tried, once its messages have been read.
    private mutating func restoredPlan() async throws -> BatchPlan? {
        guard let plan = restored else { return nil }
        let last = plan.last
        try await queue.wait { contents in
            contents.isComplete || contents.isCaughtUp
                || contents.deliveries.last.map { $0.message.number >= last } ?? false
        }
        restored = nil
        let isThere = queue.withContents { contents in
            contents.deliveries.first.map { $0.message.number <= last } ?? false
        }
        // The batch was delivered, or its messages were deleted.
        return isThere ? plan : nil
    }

    /// Waits until a batch is full, but no longer than it may.
    private func waitForOthers() async throws {
        guard options.batch.messages > 1, options.batch.wait > .zero else { return }
        let wanted = options.batch.messages
        try await wait(
            until: { $0.deliveries.count >= wanted || $0.isComplete }, atMost: options.batch.wait,
            orStopping: true)
    }

    private func makePlan() -> BatchPlan? {
        let numbers = queue.withContents { contents in
            var numbers: [MessageNumber] = []
            var bytes = 0
            for delivery in contents.deliveries
            where isGiven(delivery.message) && !delivery.isDeleted {
                numbers.append(delivery.message.number)
                bytes += delivery.message.body.count
                if numbers.count == options.batch.messages || bytes >= Self.maxBatchBytes { break }
            }
            return numbers
        }
        guard let first = numbers.first, let last = numbers.last else { return nil }
        return BatchPlan(first: first, last: last, failingSince: failingSince)
    }

    /// Returns when the queue meets a condition, after a time, or when the bus stops.
    private func wait(
        until isReady: @escaping @Sendable (borrowing DeliveryQueue.Contents) -> Bool,
        atMost limit: Duration, orStopping: Bool
    ) async throws {
        let (queue, time, port) = (queue, time, port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await queue.wait(until: isReady) }
            group.addTask { try await time.sleep(limit) }
            if orStopping { group.addTask { await port.stopping() } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
