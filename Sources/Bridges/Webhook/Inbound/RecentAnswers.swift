import MessageBus
import Sockets

/// The answers to the requests of the last day that had an id, as far as they fit: a request with
/// the same id gets the same answer.
///
/// Owned by the hook's task. Older answers are found in the store.
struct RecentAnswers {
    private struct Entry {
        let id: String
        let time: Timestamp
    }

    private var answers: [String: HTTPRouteAnswer] = [:]
    private var order: [Entry] = []
    private var first = 0

    /// The most ids: with the longest ones about 5 MB.
    private static let bound = 10_000
    /// The time for which an id is remembered.
    static let lifetime = Duration.seconds(86_400)

    /// Returns the answer to an id, if it is younger than a day.
    mutating func answer(to id: String, at now: Timestamp) -> HTTPRouteAnswer? {
        removeOld(at: now)
        return answers[id]
    }

    /// Remembers an answer.
    mutating func record(_ id: String, _ answer: HTTPRouteAnswer, at time: Timestamp) {
        if answers.updateValue(answer, forKey: id) == nil {
            order.append(Entry(id: id, time: time))
        }
        removeOld(at: time)
    }

    private mutating func removeOld(at now: Timestamp) {
        while first < order.count,
            order.count - first > Self.bound || order[first].time < now - Self.lifetime
        {
            answers[order[first].id] = nil
            first += 1
        }
        if first > 1_024, first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
    }
}
