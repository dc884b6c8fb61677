import Glibc
import Synchronization

/// The thread that objects are confined to, for checks in debug builds.
///
/// Any thread may use the objects until one claims them. In release builds a check costs nothing.
/// Safe from any thread.
package final class ThreadConfinement: Sendable {
    #if DEBUG
        /// The thread that has claimed the objects, or 0.
        private let owner = Atomic<UInt>(0)
    #endif

    /// Makes a confinement that no thread has claimed.
    package init() {}

    /// Confines the objects to the calling thread from now on.
    package func claim() {
        #if DEBUG
            owner.store(UInt(pthread_self()), ordering: .releasing)
        #endif
    }

    /// Traps in debug builds if another thread has claimed the objects.
    package func assertOwned() {
        #if DEBUG
            assert(isKept, "confined to the thread that has claimed it")
        #endif
    }

    #if DEBUG
        private var isKept: Bool {
            let owner = owner.load(ordering: .acquiring)
            return owner == 0 || owner == UInt(pthread_self())
        }
    #endif
}
