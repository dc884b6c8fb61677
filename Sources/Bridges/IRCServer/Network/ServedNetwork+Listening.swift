import Chat
import MessageBus
import Metrics
import Sockets

// The ways in: a port for IRC, and one for WebSockets.
extension ServedNetwork {
    /// Makes the listener of the port for IRC.
    func makeListener() -> ChatListener {
        ChatListener(
            options.listenerSettings, on: loop, log: port.log, port.statistics.connections,
            ChatListener.Admission(
                admit: { [unowned self] in self.admit($0) },
                close: { [unowned self] in self.lingering.close(whenRead: $0) },
                ban: { [unowned self] in self.ban(of: $0) },
                closeSilentConnection: { [unowned self] in self.closeSilentClient() },
                freeDescriptor: { [unowned self] in self.freeDescriptor() },
                refusal: { [phrases] in Self.error($0.sentence(in: phrases)) },
                plaintextAnswer: { [phrases] _ in Self.error(phrases.needsTLSForIRC) }))
    }

    /// Returns the last line that a client is sent, with the reason.
    static func error(_ reason: String) -> [UInt8] {
        Array("ERROR :".utf8) + reason.utf8.filter { $0 != 13 && $0 != 10 } + [13, 10]
    }

    /// Listens on all given addresses.
    ///
    /// - Parameters:
    ///   - web: the addresses for WebSockets.
    ///   - certificates: the certificate for IRC and for WebSockets; none for connections in plain.
    /// - Throws: `BridgeError` if one is taken, or if none of them exists on this machine.
    func listen(
        on wanted: [SocketAddress], webSockets web: [SocketAddress],
        _ certificates: [CertificateWatch.Loaded]
    ) throws {
        do {
            try listener.open(at: wanted, certificates.first?.context)
            if !web.isEmpty { try openHTTP(at: web, certificates.last?.context) }
        } catch {
            listener.close()
            detach()
            throw BridgeError("\(error)")
        }
        guard let irc = certificates.first, let webSocket = certificates.last else { return }
        certificateWatches = [
            CertificateWatch(irc, on: loop, log: port.log) { [unowned self] in
                self.listener.use($0)
            }
        ]
        if http == nil { return }
        certificateWatches.append(
            CertificateWatch(webSocket, on: loop, log: .silent) { [unowned self] in
                self.http?.use($0)
            })
    }

    private func openHTTP(at web: [SocketAddress], _ context: TLSContext?) throws {
        var settings = HTTPServer.Options()
        settings.maxConnections = options.maxConnections
        settings.maxPerAddress = options.maxPerAddress
        settings.mode = options.mode?.bits
        settings.proxies = TrustedProxies(options.proxyFrom)
        settings.stalledAfter = options.stalledAfter
        settings.counts = port.statistics.connections
        settings.ban = { [unowned self] in self.ban(of: $0) }
        settings.debug = { [log = port.log] in log.debug($0) }
        settings.onFullBodies = { [throttledLog] in
            throttledLog.warning(cause: "bodies", $0)
        }
        settings.onFailure = { [throttledLog] error in
            throttledLog.warning(cause: "accept \(error.code)", "\(error); new connections wait")
        }
        let router = HTTPRouter(answer: { .text($0.status, $0.reason) })
        router.add(.get, "/") { [unowned self] in openWebSocket($0) }
        let http = HTTPServer(settings, on: loop, handler: router)
        try http.open(at: web, context)
        isHTTPClosed = false
        http.onClosed = { [unowned self] in
            self.isHTTPClosed = true
            self.checkDone()
        }
        self.http = http
    }

    /// The subprotocols: lines as text, and as bytes (IRCv3, WebSocket).
    private static let subprotocols = ["text.ircv3.net", "binary.ircv3.net"]

    private func openWebSocket(_ exchange: HTTPExchange) {
        // The client's first choice counts.
        let offered = exchange.head.elements(of: "sec-websocket-protocol")
        let preferred = offered.filter(Self.subprotocols.contains)
        let names = preferred.isEmpty ? Self.subprotocols : preferred
        // An invalid list was reported when the file was read.
        let origins = OriginList(options.origins) ?? OriginList.none
        do throws(HTTPRefusal) {
            let handshake = try WebSocketHandshake(
                exchange, subprotocols: names
            ) { [origins] in
                origins.allows(
                    $0, host: exchange.head.host, isEncrypted: exchange.peer.isEncrypted)
            }
            let isBinary = handshake.subprotocol == "binary.ircv3.net"
            exchange.takeOver(handshake.response) { [unowned self] in
                self.begin($0, isBinary: isBinary)
            }
        } catch {
            exchange.respond(
                WebSocketHandshake.explaining(HTTPResponse.text(error.status, error.reason)))
        }
    }

    // MARK: - Clients

    private func admit(_ arrival: Arrival) -> Bool {
        loop.assertOwned()
        return port.bus.assumeIsolated { bus in
            let client = try? IRCServerClient(arrival, of: self, bus)
            guard let client else { return false }
            add(client)
            port.statistics.connections.recordOpening()
            if let reason = ban(of: client.host) { client.disconnect(.banned(reason: reason)) }
            // The first lines may have come with the end of the handshake.
            client.input.begin([])
            return true
        }
    }

    private func begin(
        _ taken: TakenOverConnection, isBinary: Bool
    ) -> ClientInputReader<IRCServerClient> {
        port.bus.assumeIsolated { bus in
            let client = IRCServerClient(taken, isBinary: isBinary, of: self, bus)
            add(client)
            client.input.begin(taken.received)
            return client.input
        }
    }

    private func closeSilentClient() -> Bool {
        let silent = clients.values.filter { !$0.isRegistered && !$0.hasSentLine && $0.isSocket }
        guard let oldest = silent.min(by: { $0.connectionID < $1.connectionID }) else {
            return false
        }
        port.log.debug(
            "closed a client, which had said nothing, to make room for another connection")
        port.bus.assumeIsolated { oldest.stream.close($0) }
        return true
    }

    private func freeDescriptor() -> Bool {
        if lingering.isEmpty, !closeSilentClient() { return false }
        lingering.closeAll()
        return true
    }

    /// Returns the reason why an address is banned; `nil` if it is not.
    func ban(of host: HostKey?) -> String? {
        let address = host.map { ClientAddress($0) } ?? .local
        return port.bus.assumeIsolated { $0.accounts.ban(of: address)?.reason }
    }

    /// Applies an event to every client that it concerns.
    func apply(_ event: ModerationEvent) {
        switch event {
        case .banned(let block, let reason):
            for client in Array(clients.values) where block.contains(client.clientAddress) {
                client.disconnect(.banned(reason: reason))
            }
        case .accountChanged(let change): apply(change)
        case .broadcast(let text):
            for client in clients.values where client.isRegistered {
                client.notify(phrases.answer(.announce, text))
            }
        }
    }

    /// Applies a change to the clients that have logged in and are not registered yet; the bus has
    /// applied it to the others, which have at least a presence in the lobby.
    private func apply(_ change: AccountChange) {
        switch change {
        case .passwordChanged(let account, _):
            for client in registering(by: account.id) { client.disconnect(.passwordChanged) }
        case .removed(let account):
            for client in registering(by: account.id) { client.disconnect(.accountRemoved) }
        case .renamed(let account, _), .roleChanged(let account, _):
            for client in registering(by: account.id) { client.registration.account = account }
        // Whoever is banned is refused at the end of the registration.
        case .created, .banned, .unbanned, .muted, .unmuted: break
        }
    }

    /// Closes the target's clients that have logged in and are not registered yet; returns false if
    /// there are none.
    func kick(_ target: KickTarget) -> Bool {
        let meant = target.account.map(registering) ?? []
        for client in meant { client.disconnect(.kicked(reason: target.reason)) }
        return !meant.isEmpty
    }

    private func registering(by account: AccountID) -> [IRCServerClient] {
        clients.values.filter { !$0.isRegistered && $0.registration.account?.id == account }
    }
}
