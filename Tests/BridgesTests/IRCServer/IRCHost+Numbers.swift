import MessageBus
import TestSupport

extension IRCHost {
    /// The number of the last event of the first room.
    var lastNumber: MessageNumber {
        get async { await test.bus.perform { $0.rooms[0].lastNumber } }
    }
}
