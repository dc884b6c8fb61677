import Accounts
import Dispatch
import Locking
import MessageBus
import Testing

/// A hash that takes no time, or as long as a test wants.
///
/// Safe from any thread.
final class FakeHashing: Sendable {
    private struct State {
        var isClosed = false
        var allowed = 0
        var looks = 0
        /// Those who wait to begin, in order.
        var waiting: [DispatchSemaphore] = []
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var parameters = 1
    }

    private let state = Locked(State())
    /// Passwords that were compared so far, decoys included.
    var looks: Int { state.withLock { $0.looks } }

    /// Returns when so many comparisons wait to begin.
    func untilSomeWait(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let doWait = state.withLock { state in
                if state.waiting.count < count { state.observers.append((count, continuation)) }
                return state.waiting.count >= count
            }
            if doWait { continuation.resume() }
        }
    }

    /// Returns the hash of a password.
    func hash(_ password: String) throws -> String {
        try #require(functions.hash(.make(password)))
    }

    /// Lets no comparison begin from now on.
    func close() { state.withLock { $0.isClosed = true } }

    /// Lets all comparisons begin.
    func open() {
        let waiting = state.withLock { state in
            state.isClosed = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for semaphore in waiting { semaphore.signal() }
    }

    /// Lets a number of comparisons begin.
    func allow(_ count: Int) {
        let first = state.withLock { state in
            let first = state.waiting.prefix(count)
            state.waiting.removeFirst(first.count)
            state.allowed += count - first.count
            return first
        }
        for semaphore in first { semaphore.signal() }
    }

    /// Makes all hashes so far weak.
    func raiseParameters() { state.withLock { $0.parameters += 1 } }

    var functions: PasswordHashing {
        PasswordHashing(
            hash: { password in
                let parameters = self.state.withLock { $0.parameters }
                return "fake\(parameters):" + Self.text(password)
            },
            isHash: { hash, password in
                self.pass()
                self.state.withLock { $0.looks += 1 }
                return hash.split(separator: ":").last.map(String.init) == Self.text(password)
            },
            isWeak: { hash in
                hash.hasPrefix("fake\(self.state.withLock { $0.parameters }):") == false
            })
    }

    /// Blocks until the comparison may begin, as one that computes for long would.
    private func pass() {
        let turn = DispatchSemaphore(value: 0)
        let observers = state.withLock {
            state -> [(count: Int, continuation: CheckedContinuation<Void, Never>)]? in
            if !state.isClosed { return nil }
            if state.allowed > 0 {
                state.allowed -= 1
                return nil
            }
            state.waiting.append(turn)
            let count = state.waiting.count
            defer { state.observers.removeAll { $0.count <= count } }
            return state.observers.filter { $0.count <= count }
        }
        guard let observers else { return }
        for observer in observers { observer.continuation.resume() }
        turn.wait()
    }

    private static func text(_ password: Password) -> String {
        password.withBytes { bytes in bytes.map { String($0, radix: 16) }.joined(separator: "-") }
    }
}
