import Locking
import MessageBus

/// Messages that were read and not sent yet, in order, and whether more are to come.
///
/// Safe from any thread; one task fills it, one takes from it.
final class DeliveryQueue: Sendable {
    /// The contents at one moment.
    struct Contents {
        /// The messages, the oldest first.
        fileprivate(set) var deliveries: [Delivery] = []
        /// Bytes of their texts.
        fileprivate(set) var bytes = 0
        /// True if the room has no more at present.
        fileprivate(set) var isCaughtUp = false
        /// True if no more will come.
        fileprivate(set) var isFinished = false

        /// True if no more are read at present.
        var isFull: Bool {
            deliveries.count >= DeliveryQueue.maxCount || bytes >= DeliveryQueue.maxBytes
        }
        /// True if there is no point in waiting for more.
        var isComplete: Bool { isFull || isFinished }
    }

    /// The most messages; further ones stay in the store.
    static let maxCount = 1_024
    /// The most bytes of texts, not counting the last one.
    static let maxBytes = 4 << 20

    private let contents = Locked(Contents())
    private let filled = AsyncSignal()
    private let emptied = AsyncSignal()

    // MARK: - Filling

    /// Reads a bridge's room until the bus ends.
    ///
    /// - Throws: errors of the store; `CancellationError`.
    func fill(from port: Port) async throws {
        var deliveries = port.deliveries(in: port.room).makeAsyncIterator()
        while true {
            while contents.withLock({ $0.isFull }) { try await emptied.wait() }
            if try await !deliveries.fetchAvailable() { record { $0.isCaughtUp = true } }
            guard let next = try await deliveries.next() else { break }
            record {
                $0.deliveries.append(next)
                $0.bytes += next.message.body.count
                $0.isCaughtUp = false
            }
        }
        record { $0.isFinished = true }
    }

    private func record(_ change: (inout Contents) -> Void) {
        contents.withLock { change(&$0) }
        filled.send()
    }

    // MARK: - Taking

    /// Calls a function with the contents.
    func withContents<Result>(_ body: (borrowing Contents) -> Result) -> Result {
        contents.withLock { body($0) }
    }

    /// Returns when the contents meet a condition.
    func wait(until isReady: @Sendable (borrowing Contents) -> Bool) async throws {
        while !contents.withLock({ isReady($0) }) { try await filled.wait() }
    }

    /// Removes a number of messages from the front.
    func removeFirst(_ count: Int) {
        guard count > 0 else { return }
        contents.withLock { contents in
            for delivery in contents.deliveries.prefix(count) {
                contents.bytes -= delivery.message.body.count
            }
            contents.deliveries.removeFirst(count)
        }
        emptied.send()
    }
}
