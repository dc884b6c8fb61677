import Sockets

/// The bytes of long answers that all clients together have not taken: names, histories.
///
/// Confined to the bus's loop.
final class ListBudget {
    /// The share of one answer, which is free again once nobody holds it.
    ///
    /// Owned by the stream of its client until the client has taken the answer; confined to the
    /// bus's loop, which `ListBudget` checks.
    final class Part {
        fileprivate let bytes: Int
        private weak var budget: ListBudget?

        fileprivate init(_ bytes: Int, of budget: ListBudget) {
            self.bytes = bytes
            self.budget = budget
            budget.used += bytes
        }

        deinit { budget?.free(bytes) }
    }

    private let loop: EventLoop
    private var used = 0
    /// Bytes beyond which no further answer is begun.
    private let bound: Int

    init(bound: Int, on loop: EventLoop) {
        self.bound = bound
        self.loop = loop
    }

    /// True if no further long answer may be begun.
    var isSpent: Bool { used > bound }

    /// Counts an answer.
    func part(of bytes: Int) -> Part {
        loop.assertOwned()
        return Part(bytes, of: self)
    }

    private func free(_ bytes: Int) {
        loop.assertOwned()
        used -= bytes
    }
}
