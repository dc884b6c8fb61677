import Chat
import MessageBus
import Sockets

/// The incoming half of the bridge: it checks the senders of requests, publishes their texts, and
/// answers once these are stored.
///
/// Owned by the task that runs it.
struct HookReceiver {
    private let port: Port
    private let hook: HookOptions
    private let proof: HookProof
    private let content: HookContent
    private let requests: WaitingRequests
    private let throttledLog: ThrottledLog
    private var recent = RecentAnswers()

    /// A draft to publish, with the request that waits for the answer.
    private struct Pending {
        let draft: Draft
        let id: String?
        var requests: [HTTPRouteRequest]
    }

    init(_ port: Port, _ hook: HookOptions, _ proof: HookProof, _ requests: WaitingRequests) {
        self.port = port
        self.hook = hook
        self.proof = proof
        self.requests = requests
        content = HookContent(hook: hook, phrases: Phrases(port.language))
        throttledLog = ThrottledLog(port.log)
    }

    /// Answers requests until no more are taken.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    mutating func run() async throws {
        while let next = try await requests.next() { try await answer(next) }
    }

    private mutating func answer(_ requests: [HTTPRouteRequest]) async throws {
        let now = await port.now
        var pending: [Pending] = []
        var places: [String: Int] = [:]
        for request in requests {
            switch await read(request, at: now) {
            case .answer(let answer): request.answer(answer)
            case .say(let draft, let id):
                if let id, let place = places[id] {
                    pending[place].requests.append(request)
                    continue
                }
                if let id { places[id] = pending.count }
                pending.append(Pending(draft: draft, id: id, requests: [request]))
            }
        }
        if !pending.isEmpty { try await publish(pending, at: now) }
    }

    private mutating func publish(_ pending: [Pending], at now: Timestamp) async throws {
        let receipts: [Receipt]
        do {
            // An empty list of checkpoints: it makes the call wait until the messages are stored,
            // and their ids with them.
            receipts = try await port.publish(pending.map(\.draft), checkpoints: [])
        } catch PortError.stopped {
            for request in pending.flatMap(\.requests) { request.answer(Self.stopping) }
            return
        }
        for (one, receipt) in zip(pending, receipts) {
            let answer = answer(to: receipt)
            // Limits judge a request anew: its sender is asked to try again.
            if let id = one.id, answer.status != 429 { recent.record(id, answer, at: now) }
            for request in one.requests { request.answer(answer) }
        }
    }

    private static let stopping = HTTPRouteAnswer(
        503, "the daemon is stopping: try again", retryAfter: 5)

    private func answer(to receipt: Receipt) -> HTTPRouteAnswer {
        switch receipt.verdict {
        case .pass: accepted("#\(receipt.number)")
        case .drop(let reason, let code, let pause):
            code == AnswerCode.rateLimited.rawValue
                ? HTTPRouteAnswer(
                    429, reason.isEmpty ? code : reason,
                    retryAfter: pause.map { Int(clamping: $0.retryAfter) } ?? 10)
                : HTTPRouteAnswer(422, reason.isEmpty ? code : reason)
        }
    }

    /// Returns the answer to a request that was accepted, in the form that its client expects.
    private func accepted(_ text: String) -> HTTPRouteAnswer {
        var answer = HTTPRouteAnswer(200, text)
        if let text = hook.preset?.acceptance {
            // Clients of Slack compare the text.
            answer.text = text
            answer.endsLine = false
        }
        return answer
    }

    // MARK: - Reading one

    private enum Reading {
        case answer(HTTPRouteAnswer)
        case say(Draft, id: String?)
    }

    private mutating func read(_ request: HTTPRouteRequest, at now: Timestamp) async -> Reading {
        let read = HookRequest(request)
        if let objection = proof.objection(to: read, at: now) {
            throttledLog.warning(
                cause: "proof", "a request from \(request.client) is refused: \(objection)")
            return .answer(HTTPRouteAnswer(401, objection))
        }
        let id = read.id
        if let id, let answer = await earlierAnswer(to: id, at: now) { return .answer(answer) }
        guard let json = read.json else {
            return .answer(
                refusal(
                    400,
                    hook.preset?.complaint ?? "the body is neither JSON nor a form with \"payload\""
                ))
        }
        guard let said = content.text(of: json, read) else {
            if let complaint = hook.preset?.complaintAboutNothing {
                return .answer(refusal(400, complaint))
            }
            return .answer(accepted("nothing to say"))
        }
        let name = said.name.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 } ?? port.name
        var draft = Draft(said.text, from: name)
        draft.isAutomatic = true
        if let id {
            draft.origin = Origin(once: id)
            draft.isLinked = true
        }
        return .say(draft, id: id)
    }

    private func refusal(_ status: Int, _ text: String) -> HTTPRouteAnswer {
        var answer = HTTPRouteAnswer(status, text)
        answer.endsLine = hook.preset?.acceptance == nil
        return answer
    }

    /// Returns the answer to an id that was seen within a day, even by an earlier run.
    private mutating func earlierAnswer(to id: String, at now: Timestamp) async -> HTTPRouteAnswer?
    {
        if let answer = recent.answer(to: id, at: now) { return answer }
        // A store that can't be read keeps nobody from speaking.
        guard let number = try? await port.number(once: id) else { return nil }
        // The store remembers an id as long as the message, and at least for a day.
        if let message = try? await port.message(numbered: number),
            message.received < now - RecentAnswers.lifetime
        {
            return nil
        }
        return accepted("#\(number)")
    }
}
