import MessageBus
import Sockets

extension Context {
    /// The event loop that the bus runs on: `executor`, with its own type.
    ///
    /// May be read on any thread; traps if the bus runs on another executor.
    package var loop: EventLoop {
        guard let loop = executor as? EventLoop else {
            preconditionFailure("the daemon and the tests run the bus on an EventLoop")
        }
        return loop
    }
}
