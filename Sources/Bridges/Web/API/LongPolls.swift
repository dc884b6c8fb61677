import Chat
import MessageBus
import Sockets

/// The requests that wait for the next message of a room.
///
/// Each holds a connection, whose number is limited. Confined to the bus's loop.
final class LongPolls {
    /// One request that waits.
    ///
    /// Owned by `LongPolls`, which checks it; confined to the bus's loop.
    private final class Poll {
        let exchange: HTTPExchange
        /// The program that waits; `nil` for somebody without a token.
        let client: APIClient?
        let room: WebRoom
        /// The number of the last event that was examined.
        var after: MessageNumber
        let count: Int
        var timer: LoopTimer?

        init(
            _ exchange: HTTPExchange, _ client: APIClient?, _ room: WebRoom, after: MessageNumber,
            _ count: Int
        ) {
            self.exchange = exchange
            self.client = client
            self.room = room
            self.after = after
            self.count = count
        }
    }

    private let loop: EventLoop
    private var polls: [ObjectIdentifier: Poll] = [:]
    private var isStopped = false
    /// Returns whether a program may still read: its token may have been removed, or its address
    /// banned, while it waited.
    var isAllowed: (HTTPExchange, APIClient?) -> Bool = { _, _ in true }

    /// Answers with messages.
    var respond: (HTTPExchange, HistoryPage) -> Void = { _, _ in }

    init(on loop: EventLoop) { self.loop = loop }

    /// True if nobody waits.
    var isEmpty: Bool { polls.isEmpty }

    /// Answers with the next texts, or with none after some time.
    func wait(
        _ exchange: HTTPExchange, of client: APIClient?, in room: WebRoom,
        after number: MessageNumber, _ count: Int, within time: Duration
    ) {
        loop.assertOwned()
        if isStopped { return answer(exchange, [], atMost: count) }
        let poll = Poll(exchange, client, room, after: number, count)
        polls[ObjectIdentifier(exchange)] = poll
        let timer = LoopTimer { [unowned self, unowned poll] in finish(poll, []) }
        poll.timer = timer
        loop.set(timer, after: time)
        exchange.onCancel = { [unowned self, unowned exchange] in
            polls.removeValue(forKey: ObjectIdentifier(exchange))?.timer?.cancel()
        }
    }

    /// Answers the requests that wait for texts said in this turn.
    func answer(_ bus: isolated Bus) {
        for poll in Array(polls.values) where poll.room.room.lastNumber > poll.after {
            let texts = readTexts(for: poll)
            if !texts.isEmpty { finish(poll, texts) }
        }
    }

    /// Returns the texts after the last examined event, up to one more than were asked for.
    private func readTexts(for poll: Poll) -> [Message] {
        let log = poll.room.room.log
        var texts: [Message] = []
        while texts.count <= poll.count {
            let events = log.messages(from: log.position(after: poll.after), atMost: poll.count)
            guard let last = events.last else { break }
            poll.after = last.number
            texts += poll.room.shown(events.filter(\.header.isSaid))
        }
        return texts
    }

    /// Answers all requests, since the daemon stops.
    func stop(_ bus: isolated Bus) {
        isStopped = true
        for poll in Array(polls.values) { finish(poll, []) }
    }

    private func finish(_ poll: Poll, _ messages: [Message]) {
        guard polls.removeValue(forKey: ObjectIdentifier(poll.exchange)) != nil else { return }
        poll.timer?.cancel()
        guard isAllowed(poll.exchange, poll.client) else {
            let error = APIError(.unauthorized, .loginRequired, "reading is not allowed any more")
            return poll.exchange.respond(error.response)
        }
        answer(poll.exchange, messages, atMost: poll.count)
    }

    private func answer(_ exchange: HTTPExchange, _ messages: [Message], atMost count: Int) {
        if messages.isEmpty { return exchange.respond(HistoryPage.emptyResponse) }
        respond(
            exchange,
            HistoryPage(
                messages: Array(messages.prefix(count)), isComplete: messages.count <= count))
    }
}
