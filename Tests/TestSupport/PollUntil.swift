import Glibc

/// Returns when a condition holds of something that tells nobody: of a file, of another process, or
/// of a task that has begun to wait.
///
/// It asks again and again, and leaves the processor to others in between; there is no pause that a
/// busy machine could outlast. Its end is the test's time limit, which cancels it: a suite that
/// polls needs one, and only something that hangs reaches it. A signal, `LogRecorder.first` or
/// `TestBus.settle` is better where there is one.
package func pollUntil(_ condition: () async throws -> Bool) async rethrows {
    while !Task.isCancelled {
        if try await condition() { return }
        sched_yield()
        await Task.yield()
    }
}
