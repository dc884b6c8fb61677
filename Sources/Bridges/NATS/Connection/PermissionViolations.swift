import CNATS
import Locking
import Sockets

/// The rights that a server has refused to this instance, each with the time of the last refusal.
///
/// Safe from any thread.
final class PermissionViolations: Sendable {
    private let known = Locked<[String: MonotonicTime]>([:])

    /// The time after which a refusal that was not repeated is forgotten.
    private static let memory: Duration = .seconds(60)
    /// Sentences that are remembered.
    private static let bound = 16

    /// Records a sentence.
    func record(_ sentence: String, at now: MonotonicTime) {
        known.withLock { known in
            if known[sentence] == nil, known.count >= Self.bound { return }
            known[sentence] = now
        }
    }

    /// Records the library's words about an error; called on the thread on which the library
    /// reports it.
    func recordLast(_ status: natsStatus, at now: MonotonicTime) {
        guard status == NATS_NOT_PERMITTED else { return }
        var last = NATS_OK
        let text = unsafe String(lent: nats_GetLastError(&last)) ?? ""
        record(
            BrokerError.withoutSourcePlaces(text.isEmpty ? "permissions violation" : text),
            at: now)
    }

    /// Returns the present sentences, sorted.
    ///
    /// A subscription is refused only once, so such a sentence lasts as long as the connection.
    func present(at now: MonotonicTime) -> [String] {
        known.withLock { known in
            known = known.filter {
                now - $0.value < Self.memory || $0.key.contains("Subscription")
            }
            return known.keys.sorted()
        }
    }
}
