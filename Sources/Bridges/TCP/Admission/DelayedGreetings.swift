import Chat
import MessageBus
import Sockets

/// Those who have just connected and hear nothing yet: what they send first may be another
/// protocol's, and then an answer of that protocol is the first they get.
///
/// Confined to the bus's loop.
final class DelayedGreetings {
    private struct Newcomer {
        let connection: ChatConnection
        /// In the loop's time.
        let due: Int64
    }

    private let loop: EventLoop
    private let bus: Bus
    private let patience: Int64
    private var unnamed: [Newcomer] = []
    private var first = 0
    private lazy var timer = LoopTimer { [unowned self] in self.greetDue() }

    /// - Parameter patience: nanoseconds after which silence is answered with the greeting.
    init(after patience: Int64, on loop: EventLoop, bus: Bus) {
        self.patience = patience
        self.loop = loop
        self.bus = bus
    }

    /// Greets somebody when they have been silent for long enough.
    func add(_ connection: ChatConnection) {
        if isEmpty { loop.set(timer, after: patience) }
        unnamed.append(Newcomer(connection: connection, due: loop.now + patience))
    }

    /// Forgets everybody.
    func end() {
        timer.cancel()
        (unnamed, first) = ([], 0)
    }

    private var isEmpty: Bool { first == unnamed.count }

    private func greetDue() {
        let now = loop.now
        while !isEmpty, unnamed[first].due <= now {
            let connection = unnamed[first].connection
            first += 1
            // Who begins with half a request is greeted when it turns out to be none.
            if !connection.hasBegun || !connection.input.mayBeOther { connection.greet() }
        }
        if isEmpty {
            (unnamed, first) = ([], 0)
        } else {
            loop.set(timer, after: unnamed[first].due - now)
        }
    }
}
