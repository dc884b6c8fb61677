/// The executor that an object is confined to, for checks in debug builds.
///
/// Without an executor, as in tests of one class, every caller may use the object. In release
/// builds it holds nothing, and a check costs nothing.
package struct Confinement: Sendable {
    #if DEBUG
        private let executor: (any SerialExecutor)?

        /// Confines an object to an executor; `nil`: to none.
        package init(_ executor: (any SerialExecutor)? = nil) { self.executor = executor }

        /// False if the caller certainly runs elsewhere than on the executor.
        private var isKept: Bool { executor?.isIsolatingCurrentContext() ?? true }

        /// Traps if the caller certainly runs elsewhere than on the executor.
        package func assertOwned() {
            assert(isKept, "confined to the bus's loop, and called from elsewhere")
        }
    #else
        /// Confines an object to an executor; `nil`: to none.
        @inlinable package init(_ executor: (any SerialExecutor)? = nil) {}

        /// Does nothing in release builds.
        @inlinable package func assertOwned() {}
    #endif
}
