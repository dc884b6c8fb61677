import Locking

/// The steps of bridges, in order.
final class Steps: Sendable {
    private let steps = Locked<[String]>([])
    var all: [String] { steps.withLock { $0 } }
    func record(_ step: String) { steps.withLock { $0.append(step) } }
}
