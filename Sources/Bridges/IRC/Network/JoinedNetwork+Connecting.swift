import Glibc
import IRC
import MessageBus
import Sockets

// Making connections, and their ends.
extension JoinedNetwork {
    /// The time for the addresses, the connection and its encryption.
    private static let connectTime: Duration = .seconds(30)
    /// The time that a connection must last to count as a success.
    private static let stableTime: Duration = .seconds(60)

    /// Keeps a connection to the server, until it is finished.
    ///
    /// - Throws: `BridgeError` if the server refuses the first one; `CancellationError`.
    func stayConnected() async throws {
        var backoff = Backoff()
        startedAt = loop.now
        while !isFinishing {
            let end = await connectOnce()
            try Task.checkCancellation()
            if isFinishing { return }
            if end.kind == .tlsRequired { continue }
            if end.kind == .refused, !isReady { throw BridgeError("\(serverName): \(end.reason)") }
            becomeReady()
            if loop.now - openedAt > Self.stableTime { backoff.reset() }
            let pause = Self.pause(after: end, &backoff)
            log.warning(
                "no connection to \(serverName): \(end.reason). Trying again in \(pause.plainSeconds)"
            )
            try await sleep(for: pause)
        }
    }

    private static func pause(after end: ConnectionEnd, _ backoff: inout Backoff) -> Duration {
        let words = end.reason.lowercased()
        let isTooFast = ["throttl", "too fast", "reconnecting", "too many"].contains {
            words.contains($0)
        }
        let pause = backoff.next()
        return isTooFast ? max(pause, .seconds(20)) : pause
    }

    /// Waits for a time, or until the connection is no longer wanted.
    private func sleep(for pause: Duration) async throws {
        let until = loop.now + pause
        while loop.now < until, !isFinishing { try await progress.wait() }
    }

    func becomeReady() {
        guard !isReady else { return }
        isReady = true
        enqueue(.ready)
    }

    /// Makes a connection, and returns when it has ended.
    private func connectOnce() async -> ConnectionEnd {
        end = nil
        openedAt = loop.now
        do {
            let target = try await ServerTarget.make(options, context, tlsPort: tlsPort)
            let established = try await connect(to: target)
            if isFinishing {
                Glibc.close(established.descriptor)
                return ConnectionEnd(kind: .finished, reason: "")
            }
            try open(established, isEncrypted: target.encryption != nil)
        } catch let failure as ConnectFailure {
            recordSilence()
            return ConnectionEnd(
                kind: failure.kind == .untrusted ? .refused : .lost, reason: "\(failure)")
        } catch {
            recordSilence()
            return ConnectionEnd(kind: error is TLSError ? .refused : .lost, reason: "\(error)")
        }
        while end == nil, !Task.isCancelled { try? await progress.wait() }
        connection?.close()
        connection = nil
        return end ?? ConnectionEnd(kind: .finished, reason: "")
    }

    /// The port to which the server has sent its clients, now or in an earlier run.
    private var tlsPort: UInt16? {
        if let upgradePort { return upgradePort }
        guard let sts, sts.host == options.endpoint.host, sts.until > loop.wallTime else {
            return nil
        }
        return sts.port
    }

    private func connect(to target: ConnectTarget) async throws -> EstablishedConnection {
        let result: Result<EstablishedConnection, ConnectFailure> =
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    attempt = connector.connect(to: target, within: Self.connectTime) {
                        continuation.resume(returning: $0)
                    }
                }
            } onCancel: {
                closeSoon()
            }
        attempt = nil
        return try result.get()
    }

    private func open(_ established: EstablishedConnection, isEncrypted: Bool) throws {
        let connection = try ServerConnection(established, on: loop)
        connection.onLine = { [weak self] line in self?.assumeIsolated { $0.receive(line) } }
        connection.onEnd = { [weak self] reason in
            self?.assumeIsolated { $0.closeConnection(ConnectionEnd(kind: .lost, reason: reason)) }
        }
        self.connection = connection
        (features, roster, batches) = (ServerFeatures(), Roster(), OpenBatches())
        (splits, questions) = (Netsplits(), WhoisQueue())
        (isRegistered, greetedAt) = (false, nil)
        (lastLine, openedAt) = (loop.now, loop.now)
        own = IRCSource(nick: "")
        registration = NetworkRegistration(options, isEncrypted: isEncrypted)
        registration.begin()
        log.debug("connected to \(established.address)")
        sendRegistration()
        connection.begin()
    }

    func sendRegistration() {
        for line in registration.drainOutput() { connection?.send(line) }
    }

    /// Closes the connection and records its end, unless that is done.
    func closeConnection(_ end: ConnectionEnd) {
        guard connection != nil, self.end == nil else { return }
        self.end = end
        renewSTS()
        stsDuration = nil
        connection?.close()
        connection = nil
        isRegistered = false
        for id in channels.keys {
            channels[id]?.membership = .outside
            channels[id]?.retryAt = .distantPast
            channels[id]?.isMuted = false
        }
        let isFlood = end.kind == .flooded
        outbox.recordLoss(isFlood: isFlood, now: loop.now)
        if isFlood {
            log.warning(
                """
                \(serverName) does not accept so many lines: \"flood\" allows too much; sending \
                continues more slowly
                """)
        }
        if end.kind != .tlsRequired { recordSilence() }
        progress.send()
        confirmations.send()
        wakeSenders()
    }

    /// Says good-bye, and ends.
    func finish() {
        isFinishing = true
        if isRegistered { connection?.send(IRCMessage("QUIT", ["Puente"])) }
        closeConnection(ConnectionEnd(kind: .finished, reason: ""))
        close()
        progress.send()
    }

    // MARK: - Telling the rooms that the server can't be reached

    func recordSilence() {
        guard silentSince == nil else { return }
        silentSince = loop.now
        let name = serverName
        let reason = end?.reason ?? "it can't be reached"
        port.reportReachability { [weak self] in
            guard let self else { return nil }
            return self.assumeIsolated { $0.silentSince != nil } ? "\(name): \(reason)" : nil
        }
    }

    func recordAnswer() {
        guard silentSince != nil else { return }
        silentSince = nil
        port.reportReachability { [weak self] in
            guard let self else { return nil }
            return self.assumeIsolated { $0.silentSince != nil } ? "the server is not there" : nil
        }
        if isSilenceTold {
            isSilenceTold = false
            say(phrases.serverAnswers(serverName))
        }
    }
}

extension Duration {
    /// In seconds, with a tenth: `1.5 s`.
    fileprivate var plainSeconds: String {
        let tenths = Int64(self / .milliseconds(100))
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
