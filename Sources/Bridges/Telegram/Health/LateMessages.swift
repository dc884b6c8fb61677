import MessageBus

/// The messages that had to wait for a chat until it took messages again, and the number of them
/// that were delivered since.
///
/// They are distinguished from later ones by their numbers: a message said once the chat takes
/// messages again waits only for its turn.
struct LateMessages: Sendable, Equatable {
    private enum Extent: Equatable {
        /// No message is late.
        case none
        /// All that wait are late; none of them has been delivered yet.
        case all
        /// Those up to a number are late.
        case through(MessageNumber)
    }

    private var extent = Extent.none
    /// Late messages that were delivered.
    private(set) var delivered = 0
    /// True if more of them waited than could be counted.
    private(set) var hasMore = false

    /// True if all that wait are late and none of them was delivered yet.
    var isUntouched: Bool { extent == .all }

    /// Regards all that wait as late.
    mutating func begin(hasMore: Bool = false) {
        extent = .all
        self.hasMore = self.hasMore || hasMore
    }

    /// Returns true if some of the messages that wait are late.
    func isPending(in backlog: Backlog) -> Bool {
        switch extent {
        case .none: false
        case .all: backlog.count > 0
        case .through(let number): backlog.count > 0 && backlog.first <= number
        }
    }

    /// Records messages that are done with.
    ///
    /// - Parameters:
    ///   - numbers: the numbers of those that were delivered, in order.
    ///   - backlog: the messages that wait now.
    ///   - isCounted: true if somebody is to be told of them.
    mutating func record(_ numbers: [MessageNumber], _ backlog: Backlog, isCounted: Bool = true) {
        if extent == .all { extent = .through(max(numbers.last ?? 0, backlog.last)) }
        guard case .through(let last) = extent else { return }
        if isCounted { delivered += numbers.count { $0 <= last } }
        if !isPending(in: backlog) { extent = .none }
    }

    /// Forgets those that were delivered.
    mutating func forgetDelivered() {
        delivered = 0
        hasMore = false
    }
}
