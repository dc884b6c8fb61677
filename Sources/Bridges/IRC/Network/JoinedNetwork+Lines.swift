import IRC
import MessageBus
import Sockets

// Lines of the server.
extension JoinedNetwork {
    /// Executes a line.
    func receive(_ line: IRCMessage) {
        lastLine = loop.now
        if line.command == "PING" {
            connection?.send(IRCMessage("PONG", line.parameters))
            return
        }
        if greetedAt == nil {
            register(line)
        } else {
            execute(line)
        }
    }

    private func register(_ line: IRCMessage) {
        let outcome = registration.receive(line)
        sendRegistration()
        switch outcome {
        case .proceed: break
        case .welcome(let nick):
            own.nick = nick
            greetedAt = loop.now
        case .upgrade(let port):
            log.info("\(serverName) requires TLS, on port \(port)")
            upgradePort = port
            closeConnection(ConnectionEnd(kind: .tlsRequired, reason: ""))
        case .failed(let reason): closeConnection(Self.end(reason))
        case .refused(let reason):
            connection?.send(IRCMessage("QUIT", []))
            closeConnection(ConnectionEnd(kind: .refused, reason: reason))
        }
    }

    private static func end(_ reason: String) -> ConnectionEnd {
        let words = reason.lowercased()
        let isFlood = words.contains("flood") || words.contains("recvq")
        return ConnectionEnd(kind: isFlood ? .flooded : .lost, reason: reason)
    }

    private func execute(_ line: IRCMessage) {
        switch line.command {
        case "BATCH": batch(line)
        case "PRIVMSG", "NOTICE", "REDACT":
            guard !batches.collect(line) else { return }
            readText(line)
        case "JOIN", "PART", "QUIT", "NICK", "KICK", "MODE", "INVITE", "ACCOUNT", "CHGHOST":
            movePeople(line)
        case "PONG":
            if let word = line.parameters.last, outbox.recordPong(word) {
                collectArrived()
                pump()
                confirmations.send()
            }
        case "ERROR": closeConnection(Self.end(line.reason))
        case "CAP":
            registration.recordChange(line)
            sendRegistration()
            obeySTS()
        case "FAIL": recordFailure(line)
        default: if let numeric = line.numeric { read(numeric, line) }
        }
    }

    private func read(_ numeric: Int, _ line: IRCMessage) {
        let parameters = line.parameters
        switch numeric {
        case 4:
            if parameters.count > 3 {
                features.read(version: parameters[2], userModes: parameters[3])
            }
        case 335: if parameters.count > 1 { roster.markBot(parameters[1]) }
        case 5:
            features.read(parameters.dropFirst().dropLast())
            warnIfServerIsOwn()
            roster.caseMapping = features.caseMapping
        case 376, 422: finishRegistration()
        case 353:
            guard parameters.count >= 4, let id = channelID(parameters[2]) else { return }
            for name in parameters[3].split(separator: " ") {
                let nick = name.drop { features.memberSigns.contains($0) }
                roster.add(IRCSource(String(nick)).nick, to: id)
            }
        case 352: if parameters.count > 6 { readWho(nick: parameters[5], flags: parameters[6]) }
        case 354:
            if parameters.count > 4, parameters[1] == Self.whoToken {
                readWho(nick: parameters[2], flags: parameters[3], account: parameters[4])
            }
        case 396: if parameters.count > 1 { own.host = parameters[1] }
        case 432, 433, 436, 437: refuseNick(line)
        case 400...599, 936: refuse(line)
        default: break
        }
    }

    // MARK: - The end of the registration

    /// Begins to use the connection.
    func finishRegistration() {
        guard !isRegistered, connection != nil else { return }
        isRegistered = true
        log.info("connected to \(features.network ?? serverName) as \(own.nick)")
        recordAnswer()
        becomeReady()
        obeySTS()
        if let mode = features.botMode {
            connection?.send(IRCMessage("MODE", [own.nick, "+\(mode)"]))
        }
        nextNickTry = loop.now + Self.nickPause
        tellNick()
        // The others follow one by one, so that they are no flood.
        for id in channels.keys.sorted().prefix(options.flood.burst) { join(id) }
    }

    /// Remembers how long the server must be reached by TLS only.
    private func obeySTS() {
        stsDuration = nil
        guard connection?.isEncrypted == true, let value = registration.capabilities.offered["sts"],
            let seconds = STSPolicy.number("duration", in: value)
        else { return }
        let (host, port) = options.endpoint
        if seconds <= 0 {
            guard sts != nil else { return }
            sts = nil
            enqueue(.checkpoint(Checkpoint(key: STSPolicy.checkpointKey, state: [])))
            return
        }
        // A hundred years at most, so that nothing overflows.
        stsDuration = .seconds(min(seconds, 3_155_760_000))
        sts = STSPolicy(host: host, port: upgradePort ?? sts?.port ?? port, until: .epoch)
        renewSTS()
    }

    /// Begins the time of the server's order anew, as must be done when a connection ends (IRCv3
    /// strict transport security).
    ///
    /// - Parameter isEnding: false to do so only once a quarter of the time is over, in case the
    ///   daemon is killed.
    func renewSTS(isEnding: Bool = true) {
        guard let stsDuration, var policy = sts else { return }
        let until = loop.wallTime + stsDuration
        guard isEnding || until - policy.until > max(stsDuration / 4, .seconds(60)) else { return }
        policy.until = until
        sts = policy
        enqueue(.checkpoint(Checkpoint(key: STSPolicy.checkpointKey, state: policy.state)))
    }

    // MARK: - The nick

    private func refuseNick(_ line: IRCMessage) {
        // 437 is also said of channels.
        if line.parameters.contains(where: { channelID($0) != nil }) { return refuse(line) }
        log.debug("the nick \(options.nick) can't be had: \(line.reason)")
    }

    /// Warns once if the server is one of this daemon's own, where nothing is to be carried.
    private func warnIfServerIsOwn() {
        guard features.instance == port.instanceID, !isServerOwn else { return }
        isServerOwn = true
        log.warning(
            """
            \(serverName) is an ircd of this daemon itself: nothing is carried to its channels or from \
            them
            """)
    }

    /// Tells the rooms that the nick is not the wanted one, or that it is the wanted one again.
    func tellNick() {
        if own.nick == wantedNick {
            guard toldNick != nil else { return }
            toldNick = nil
            say(phrases.nickIsBack(own.nick, on: serverName))
        } else if toldNick != own.nick {
            toldNick = own.nick
            log.warning(
                "the nick \(options.nick) is in use: the bridge is called \(own.nick) for now")
            say(phrases.nickIsTaken(options.nick, own.nick, on: serverName))
        }
    }

    /// The nick that the bridge wants, cut to the server's length.
    var wantedNick: String { String(options.nick.prefix(features.nickLength ?? .max)) }

    /// Returns whether a nick is the bridge's own.
    func isOwn(_ nick: String) -> Bool { roster.key(nick) == roster.key(own.nick) }

    /// Returns the bus's name for a channel; `nil` if it is not in the configuration.
    func channelID(_ name: String) -> String? {
        guard let sign = name.first, "#&+!".contains(sign) else { return nil }
        let key = roster.key(name)
        return channels.values.first { roster.key($0.name) == key }?.id
    }
}
