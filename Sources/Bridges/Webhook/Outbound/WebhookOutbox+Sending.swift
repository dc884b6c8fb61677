import Chat
import MessageBus
import Sockets

// The attempts to send one batch.
extension WebhookOutbox {
    /// The time that one try may take.
    private static var deadline: Duration { .seconds(30) }
    /// Bytes of an answer that are read.
    private static var maxAnswerBytes: Int { 64 << 10 }

    /// Sends a batch until the receiver has answered, or it is given up.
    ///
    /// - Returns: false if nothing more is to be sent: the bus stops, or the receiver wants no
    ///   more.
    mutating func deliver(_ plan: BatchPlan) async throws -> Bool {
        var plan = plan
        while true {
            let all = queue.withContents { contents in
                Array(contents.deliveries.prefix { $0.message.number <= plan.last })
            }
            let given = all.filter { isGiven($0.message) && !$0.isDeleted }
            if given.isEmpty {
                try await finish(all, areDelivered: false)
                return true
            }
            let answer = try await attempt(plan, given)
            port.recordAttempt(answer.metric)
            if case .failed(let reason, let pause) = answer {
                if let goesOn = try await recover(&plan, given, reason, pause) { return goesOn }
                continue
            }
            recordAnswer()
            switch answer {
            case .gone: return try await end(given)
            case .rejected(let reason):
                try await passOver(all, given, .rejected(reason), reason)
            default: try await finish(all, areDelivered: true)
            }
            return true
        }
    }

    private func attempt(_ plan: BatchPlan, _ given: [Delivery]) async throws -> ReceiverAnswer {
        let body = encoder.body(of: given.map(\.message))
        let id = "\(storeID)-\(Self.plain(port.name))-\(plan.first)-\(plan.last)"
        let timestamp = "\(await port.now.milliseconds / 1_000)"
        var request = HTTPRequest(receiver.url.reveal(), body: body)
        request.headers = [("webhook-id", id), ("webhook-timestamp", timestamp)]
        if let key = options.secret?.keys.first {
            request.headers.append(
                (
                    "webhook-signature",
                    WebhookSignature.headerValue(id: id, timestamp: timestamp, body: body, key: key)
                ))
        }
        for (name, value) in options.headers.sorted(by: { $0.key < $1.key }) {
            request.headers.append((name, value.reveal()))
        }
        request.deadline = Self.deadline
        request.maxAnswerBytes = Self.maxAnswerBytes
        request.cutsLongAnswer = true
        request.isPlainOnlyToLoopback = true
        request.wantsFreshConnection = wantsFreshConnection
        do {
            return ReceiverAnswer(try await client.send(request))
        } catch let error as HTTPError {
            if error.kind == .cancelled { throw CancellationError() }
            return ReceiverAnswer(error)
        }
    }

    /// Returns a bridge's name as it can stand in a field of a head.
    private static func plain(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    }

    // MARK: - After an answer

    private mutating func recordAnswer() {
        status.recordAnswer()
        backoff.reset()
        failingSince = nil
        wantsFreshConnection = false
    }

    /// Moves the cursor past a batch that is done with.
    private func finish(_ all: [Delivery], areDelivered: Bool) async throws {
        try await Delivery.acknowledge(
            areDelivered ? all.filter { isGiven($0.message) } : all, areDelivered: areDelivered)
        if areDelivered, let last = all.last, !isGiven(last.message) {
            try await Delivery.acknowledge([last], areDelivered: false)
        }
        queue.removeFirst(all.count)
    }

    /// Passes over messages that the receiver does not accept, and reports that.
    private mutating func passOver(
        _ all: [Delivery], _ given: [Delivery], _ reason: FailureNotices.Reason, _ answer: String
    ) async throws {
        for delivery in given { try await delivery.recordFailure("\(receiver): \(answer)") }
        let numbers = given.map { "#\($0.message.number)" }
        let some = numbers.prefix(5).joined(separator: ", ") + (numbers.count > 5 ? ", …" : "")
        let which = numbers.count == 1 ? "which is" : "which are"
        port.log.error("\(receiver) has not accepted \(some), \(which) passed over: \(answer)")
        try await finish(all, areDelivered: false)
        await notices.add(given.count, reason)
    }

    /// Ends the sending, because the receiver wants no more.
    private mutating func end(_ given: [Delivery]) async throws -> Bool {
        for delivery in given { try await delivery.recordFailure("\(receiver): it answers 410") }
        port.log.error(
            """
            \(receiver) answers 410: it wants no more messages, and the bridge ends. What is said \
            from now on is kept for another "url"
            """)
        await notices.announceGone()
        return false
    }

    // MARK: - After a failure

    /// Waits until the batch is to be tried again, or passes it over if it has been tried for too
    /// long.
    ///
    /// - Returns: `nil` to try again; true if the batch is done with; false if the bus stops.
    private mutating func recover(
        _ plan: inout BatchPlan, _ given: [Delivery], _ reason: String, _ pause: Duration?
    ) async throws -> Bool? {
        wantsFreshConnection = true
        status.recordFailure(reason, asksFor: pause)
        let now = await port.now
        if plan.failingSince == nil {
            failingSince = failingSince ?? now
            plan.failingSince = failingSince
            try await port.saveCheckpoints([plan.checkpoint])
        }
        let own = backoff.next()
        let left = timeLeft(plan, given, at: now)
        if left > .zero {
            guard try await sleep(for: min(pause ?? own, left)) else { return false }
            // A receiver that has asked for a longer pause is not tried again within it.
            if pause.map({ $0 <= left }) ?? true { return nil }
        }
        try await giveUp(plan, reason)
        return left > .zero ? true : try await sleep(for: own)
    }

    /// Returns the time until a batch is given up.
    private func timeLeft(
        _ plan: BatchPlan, _ given: [Delivery], at now: Timestamp
    ) -> Duration {
        let said = given.first?.message.received ?? now
        // Messages that waited while nothing was tried have all of their time left.
        let start = max(said, plan.failingSince ?? now)
        return options.giveUpAfter - max(now - start, .zero)
    }

    /// Passes over a batch, and all messages after it that have waited as long.
    private mutating func giveUp(_ plan: BatchPlan, _ reason: String) async throws {
        let now = await port.now
        let all = queue.withContents { contents in
            Array(
                contents.deliveries.prefix { delivery in
                    delivery.message.number <= plan.last
                        || timeLeft(plan, [delivery], at: now) <= .zero
                })
        }
        let given = all.filter { isGiven($0.message) && !$0.isDeleted }
        port.recordAttempt("given_up")
        try await passOver(
            all, given, .givenUp, "given up after \(options.giveUpAfter.plain): \(reason)")
    }

    /// Waits; returns false if the bus stops, with the waiting messages kept for a later run.
    private func sleep(for pause: Duration) async throws -> Bool {
        guard port.keepsCheckpoints else {
            try await time.sleep(pause)
            return true
        }
        let (time, port) = (time, port)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await time.sleep(pause)
                return true
            }
            group.addTask {
                await port.stopping()
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }
}
