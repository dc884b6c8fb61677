import Glibc
import Synchronization

/// The thread that objects are confined to, for checks in debug builds.
///
/// Any thread may use the objects until one claims them. In release builds a check costs nothing.
final class ThreadConfinement: Sendable {
    #if DEBUG
        /// The thread that has claimed the objects, or 0.
        private let owner = Atomic<UInt>(0)
    #endif

    /// Confines the objects to the calling thread from now on.
    func claim() {
        #if DEBUG
            owner.store(UInt(pthread_self()), ordering: .releasing)
        #endif
    }

    /// Traps in debug builds if another thread has claimed the objects.
    func assertOwned() {
        #if DEBUG
            let owner = owner.load(ordering: .acquiring)
            assert(
                owner == 0 || owner == UInt(pthread_self()), "confined to the store's thread")
        #endif
    }
}
