import CNATS
import Locking
import Sockets

/// The rights that a server has refused to this instance, each with the time of the last refusal.
///
/// Safe from any thread.
final class BrokerComplaints: Sendable {
    private let known = Locked<[String: Int64]>([:])

    /// Milliseconds after which a refusal that was not repeated is forgotten.
    private static let memory: Int64 = 60_000
    /// Sentences that are remembered.
    private static let bound = 16

    /// Records a sentence, at a time in milliseconds.
    func record(_ sentence: String, at now: Int64) {
        known.withLock { known in
            if known[sentence] == nil, known.count >= Self.bound { return }
            known[sentence] = now
        }
    }

    /// Records what the library has to say of an error, on the thread that it tells it on.
    func recordLast(_ status: natsStatus) {
        guard status == NATS_NOT_PERMITTED else { return }
        var last = NATS_OK
        let text = unsafe String(lent: nats_GetLastError(&last)) ?? ""
        record(
            BrokerError.withoutSourcePlaces(text.isEmpty ? "permissions violation" : text),
            at: ThreadTime.now)
    }

    /// Returns the present sentences, sorted.
    ///
    /// A subscription is refused once, so that this lasts as long as the connection.
    func present(at now: Int64) -> [String] {
        known.withLock { known in
            known = known.filter {
                now - $0.value < Self.memory || $0.key.contains("Subscription")
            }
            return known.keys.sorted()
        }
    }
}
