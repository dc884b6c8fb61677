import Foundation
import Sockets
import TimeUnits

/// The state of the test server: chats, updates, and the faults to come.
///
/// Confined to its server's loop.
// Made elsewhere, touched on the loop only.
package final class BotServerState: @unchecked Sendable {
    /// The bot's own id.
    package static let me: Int64 = 123_456_789
    /// True if privacy mode is off.
    package var readsAll = true
    package var webhook = ""
    /// The code with which the token is refused: 401, 404.
    package var tokenIsRefused: Int?
    /// Methods for which the token is refused, with the code.
    package var refusedMethods: [String: Int] = [:]
    /// Calls that were refused so.
    package private(set) var refusals = 0
    /// True if nothing is answered at all.
    package var isSilent = false
    package var chats: [Int64: BotChat] = [:]
    /// The next faults, by method.
    package var faults: [String: [BotFault]] = [:]
    /// Calls in a hundred that go wrong at random, with one of the kinds.
    package var chance = 0
    package var kinds = BotFault.allCases
    package var random = Seeded(1)
    /// Milliseconds that the answer to a message takes at most.
    package var slowness = 0
    /// Seconds that a flood lasts.
    package var floodLength: Int64 = 3
    /// Calls of the client that break the API's rules.
    package private(set) var misbehaviour: [String] = []
    /// Calls by method.
    package private(set) var calls: [String: Int] = [:]
    /// Faults so far that leave it open whether a message has arrived.
    package internal(set) var possibleDuplicates = 0
    /// The number of the next update.
    package var nextUpdate: Int64 {
        get { queue.next }
        set { queue.next = newValue }
    }
    var queue = BotQueue()
    var poll: BotPoll?
    /// The times of messages within the last second, to whatever chat.
    private var sends: [MonotonicTime] = []
    /// The connection that sends to each chat at present.
    private var underWay: [Int64: (TestHTTPConnection, request: Int)] = [:]
    /// Tests that wait until something holds.
    private var waits:
        [(test: (BotServerState) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
            []
    /// True if nothing is waited for any more.
    private var isEnded = false
    private(set) var loop: EventLoop?

    func open(_ loop: EventLoop) { self.loop = loop }

    var now: MonotonicTime { loop?.now ?? .start }
    /// The time, in seconds since 1970.
    package var date: Int64 { (loop?.wallTime.milliseconds ?? 0) / 1_000 }

    func blame(_ sentence: String) { misbehaviour.append(sentence) }

    /// Updates that were not confirmed.
    package var pending: Int { queue.updates.count }
    /// True if the client polls at present.
    package var isPolled: Bool { poll != nil }

    // MARK: - Waiting

    /// Resumes a task as soon as something holds.
    func resume(
        _ continuation: CheckedContinuation<Void, Never>,
        when test: @escaping (BotServerState) -> Bool
    ) {
        waits.append((test, continuation))
        checkWaits()
    }

    /// Resumes all tasks, since the test is over.
    func endWaits() {
        isEnded = true
        checkWaits()
    }

    private func checkWaits() {
        let due = waits.filter { isEnded || $0.test(self) }
        waits.removeAll { isEnded || $0.test(self) }
        for wait in due { wait.continuation.resume() }
    }

    // MARK: - Events in a chat

    /// Somebody says something, or something happens; returns the message's id.
    @discardableResult
    package func say(
        _ text: String? = nil, in chat: Int64, from name: String = "Ana", id user: Int64 = 7,
        kind: String = "message", _ more: [String: Any] = [:]
    ) -> Int64 {
        let sender = ["id": user, "is_bot": false, "first_name": name] as [String: Any]
        var message: [String: Any] = ["from": sender, "date": date]
        if let text { message["text"] = text }
        return post(message.merging(more) { $1 }, in: chat, kind: kind)
    }

    /// Puts a message into a chat, with an id of its own unless it has one.
    @discardableResult
    package func post(
        _ message: [String: Any], in chat: Int64, kind: String = "message"
    ) -> Int64 {
        var message = message
        var known = chats[chat] ?? BotChat()
        let id = message["message_id"] as? Int64 ?? known.lastMessage + 1
        known.lastMessage = max(known.lastMessage, id)
        known.known.insert(id)
        if chats[chat] != nil { chats[chat] = known }
        message["message_id"] = id
        message["chat"] = ["id": chat, "type": known.type, "title": known.title] as [String: Any]
        update([kind: message])
        return id
    }

    /// Queues an update and answers the poll that waits for one.
    package func update(_ content: [String: Any]) {
        queue.add(content)
        poll?.wake()
    }

    /// Makes a group a supergroup, with the two messages that tell so.
    package func migrate(_ old: Int64, to new: Int64) {
        var moved = chats[old] ?? BotChat()
        chats[old]?.migratedTo = new
        moved.posts = []
        moved.known = []
        chats[new] = moved
        post(["migrate_to_chat_id": new, "date": date], in: old)
        post(["migrate_from_chat_id": old, "date": date], in: new)
    }

    // MARK: - Requests

    func answer(_ request: TestHTTPServer.Request, _ connection: TestHTTPConnection) {
        defer { checkWaits() }
        let prefix = "/bot\(BotServer.token)/"
        guard !isSilent else { return }
        guard request.path.hasPrefix("/bot"), let method = request.path.split(separator: "/").last
        else { return connection.answer("<html>404</html>", status: 404, type: "text/html") }
        if let code = refusedMethods[String(method)] {
            refusals += 1
            return answer(BotAnswer(code, "Unauthorized"), connection, nil)
        }
        let refusal = tokenIsRefused ?? (request.path.hasPrefix(prefix) ? nil : 401)
        if let refusal {
            let words = refusal == 401 ? "Unauthorized" : "Not Found"
            return answer(BotAnswer(refusal, words), connection, nil)
        }
        let name = String(method)
        calls[name, default: 0] += 1
        if request.method != "POST" || request.headers["content-type"] != "application/json" {
            blame("\(name) is no POST of JSON")
        }
        let json = try? JSONSerialization.jsonObject(with: Data(request.body))
        guard let parameters = json as? [String: Any] else {
            return blame("\(name) has no object as its body")
        }
        for (key, value) in parameters where value is NSNull { blame("\(name): \(key) is null") }
        recordSend(name, parameters, connection)
        let fault = nextFault(name)
        if let fault, fault.isSilent, let id = (parameters["chat_id"] as? NSNumber)?.int64Value {
            // A client that has waited in vain closes the connection and sends the message by
            // another one; which of the two is heard first is up to the kernel.
            underWay[id] = nil
        }
        if let fault, !fault.isDone { return fail(fault, name, parameters, connection) }
        BotCall(self, name, parameters).run(connection) { self.answer($0, connection, fault) }
    }

    /// One at a time to a chat, or they might overtake one another.
    private func recordSend(
        _ method: String, _ parameters: [String: Any], _ connection: TestHTTPConnection
    ) {
        guard method == "sendMessage", let id = (parameters["chat_id"] as? NSNumber)?.int64Value
        else { return }
        if let (other, request) = underWay[id], other !== connection, other.requests == request,
            other.isOpen, other.isAnswering
        {
            blame("two messages to \(id) at once")
        }
        underWay[id] = (connection, connection.requests)
    }

    private func nextFault(_ method: String) -> BotFault? {
        if let first = faults[method]?.first {
            faults[method]?.removeFirst()
            return first
        }
        return random.chance(chance) ? kinds.randomElement(using: &random) : nil
    }

    private func fail(
        _ fault: BotFault, _ method: String, _ parameters: [String: Any],
        _ connection: TestHTTPConnection
    ) {
        switch fault {
        case .page:
            connection.answer("<html>502 Bad Gateway</html>", status: 502, type: "text/html")
        case .closed: connection.close()
        case .flood: answer(flood(parameters["chat_id"] as? Int64), connection, nil)
        case .restart: answer(BotAnswer(500, "Internal Server Error: restart"), connection, nil)
        default: break
        }
    }

    /// Counts a message of the bot's; false if these are too many in a second for one bot.
    func countSend() -> Bool {
        sends.removeAll { $0 <= now - .seconds(1) }
        guard sends.count < Self.maxSends else { return false }
        sends.append(now)
        return true
    }

    /// Messages that a bot may send in a second.
    private static let maxSends = 30

    /// Lets a chat be sent to again.
    package func endFlood(in chat: Int64) { chats[chat]?.blockedUntil = .start }

    /// 429, and nothing more to this chat until it is over.
    func flood(_ chat: Int64?) -> BotAnswer {
        if let chat {
            chats[chat]?.blockedUntil = now + .seconds(floodLength)
            chats[chat]?.floods += 1
        }
        return BotAnswer(
            429, "Too Many Requests: retry after \(floodLength)",
            parameters: ["retry_after": floodLength])
    }

    private func answer(
        _ answer: BotAnswer, _ connection: TestHTTPConnection, _ fault: BotFault?
    ) {
        if fault?.isDone == true, answer.isPost { possibleDuplicates += 1 }
        if slowness > 0, answer.isPost, let loop {
            let delay = Int64.random(in: 0...Int64(slowness), using: &random)
            var timer: LoopTimer?
            timer = LoopTimer {
                self.deliver(answer, connection, fault)
                timer = nil
            }
            if let timer { loop.set(timer, after: .milliseconds(delay)) }
        } else {
            deliver(answer, connection, fault)
        }
    }

    private func deliver(
        _ answer: BotAnswer, _ connection: TestHTTPConnection, _ fault: BotFault?
    ) {
        switch fault {
        case .closedAfter: connection.close()
        case .halfHead: connection.answerHalfAHead()
        case .halfBody: connection.answerHalf(answer.body)
        case .nonsense: connection.answer("{\"ok\":tru", status: answer.status)
        case .silenceAfter: break
        default:
            connection.answer(answer.body, status: answer.status, headers: answer.headers)
        }
    }
}
