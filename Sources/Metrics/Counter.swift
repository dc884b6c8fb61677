import Synchronization

/// A number that only rises.
///
/// Safe from any thread.
package final class Counter: Sendable {
    private let number = Atomic<UInt64>(0)

    /// Makes a counter at 0.
    package init() {}

    /// The present number.
    package var value: UInt64 { number.load(ordering: .relaxed) }

    /// Adds to the number.
    package func add(_ count: UInt64 = 1) { number.add(count, ordering: .relaxed) }
}
