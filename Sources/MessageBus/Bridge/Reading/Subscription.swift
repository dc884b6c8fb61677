/// The owner of a cursor, which is released with it.
///
/// Safe from any thread. The cursor checks that it is used on the bus's loop.
final class Subscription: @unchecked Sendable {  // the cursor is touched on the bus's loop only
    private let bus: Bus
    let cursor: Cursor

    init(bus: Bus, cursor: Cursor) {
        self.bus = bus
        self.cursor = cursor
    }

    deinit {
        let (bus, cursor) = (bus, SendableCursor(cursor))
        bus.post { $0.release(cursor) }
    }

    func next() async -> [Message]? {
        let cursor = SendableCursor(cursor)
        return await withTaskCancellationHandler {
            await bus.next(cursor)
        } onCancel: {
            bus.post { $0.release(cursor) }
        }
    }

    /// Returns the messages that can be read without waiting.
    func available() async -> [Message] { await bus.available(SendableCursor(cursor)) }
}
