import MessageBus
import Sockets

/// A latch that is opened once; tasks wait until then, even if they are cancelled.
///
/// Owned by a server; confined to the bus's loop.
package final class Latch {
    private let loop: EventLoop
    private var isOpen = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Makes a latch that is not open.
    package init(on loop: EventLoop) { self.loop = loop }

    /// Opens it, which resumes all tasks that wait.
    package func open() {
        loop.assertOwned()
        isOpen = true
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume() }
    }

    /// Returns when it is open.
    package func wait(_ bus: isolated Bus) async {
        if isOpen { return }
        await withCheckedContinuation { waiters.append($0) }
    }
}
