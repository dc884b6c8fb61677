import Locking
import Sockets
import Testing

/// The check that a thread's objects are used on it.
struct ThreadConfinementTests {
    @Test func `until a thread claims the objects, any may use them`() async throws {
        let confinement = ThreadConfinement()
        try await DedicatedThread.run(named: "first") { confinement.assertOwned() }
        confinement.assertOwned()
    }

    @Test func `the thread that has claimed them uses them`() async throws {
        let confinement = ThreadConfinement()
        try await DedicatedThread.run(named: "owner") {
            confinement.claim()
            confinement.assertOwned()
        }
    }

    #if DEBUG
        @Test func `another thread is stopped`() async throws {
            await #expect(processExitsWith: .failure) {
                let confinement = ThreadConfinement()
                try await DedicatedThread.run(named: "owner") { confinement.claim() }
                confinement.assertOwned()
            }
        }
    #endif
}
