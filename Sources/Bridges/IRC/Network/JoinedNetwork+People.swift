import IRC
import MessageBus
import Sockets

// People who come, go, and change their nicks.
extension JoinedNetwork {
    /// Executes a line about where people are.
    func movePeople(_ line: IRCMessage) {
        guard let source = line.source else { return }
        switch line.command {
        case "JOIN": join(source, line)
        case "PART":
            if let id = line.parameters.first.flatMap(channelID) { part(source, from: id, line) }
        case "KICK": kick(source, line)
        case "QUIT": quit(source, line)
        case "NICK": rename(source, line)
        case "ACCOUNT": roster.setAccount(line.parameters.first, of: source.nick)
        case "CHGHOST":
            if isOwn(source.nick), line.parameters.count > 1 {
                (own.user, own.host) = (line.parameters[0], line.parameters[1])
            }
        case "MODE":
            // This may lift the mode that kept the bridge from speaking.
            if let id = line.parameters.first.flatMap(channelID), channels[id]?.isMuted == true {
                channels[id]?.retryAt = loop.now + Self.tick
            }
        case "INVITE":
            if line.parameters.count > 1, let id = channelID(line.parameters[1]),
                channels[id]?.membership == .outside
            {
                join(id)
            }
        default: break
        }
    }

    private func join(_ source: IRCSource, _ line: IRCMessage) {
        guard let name = line.parameters.first else { return }
        guard let id = channelID(name) else {
            // A server may forward clients that it can't let in to another channel.
            if isOwn(source.nick) { connection?.send(IRCMessage("PART", [name])) }
            return
        }
        if isOwn(source.nick) {
            (own.user, own.host) = (source.user ?? own.user, source.host ?? own.host)
            enter(id)
            return
        }
        roster.add(source.nick, to: id)
        if line.parameters.count > 1 { roster.setAccount(line.parameters[1], of: source.nick) }
        if batches.isPart(of: "netjoin", line) || splits.isAbsent(roster.key(source.nick), from: id)
        {
            splits.recordReturn(of: roster.key(source.nick), to: id, at: loop.now)
            return
        }
        notice(.join, source, in: id)
    }

    private func part(_ source: IRCSource, from id: String, _ line: IRCMessage) {
        if isOwn(source.nick) {
            failToJoin(id, "the server has removed this bridge")
            return
        }
        if roster.remove(source.nick, from: id) { notice(.leave, source, in: id) }
    }

    private func kick(_ source: IRCSource, _ line: IRCMessage) {
        guard line.parameters.count > 1, let id = channelID(line.parameters[0]),
            let channel = channels[id]
        else { return }
        let nick = line.parameters[1]
        guard isOwn(nick) else {
            if roster.remove(nick, from: id) { notice(.leave, IRCSource(nick: nick), in: id) }
            return
        }
        let reason = line.parameters.count > 2 ? line.reason : "-"
        let pause = leave(id)
        log.warning(
            "kicked from \(channel.name) by \(source.nick): \(reason). Back in \(pause.plain)")
        channels[id]?.isKickTold = true
        say(phrases.kicked(from: channel.name, by: source.nick, reason), in: channel)
    }

    private func quit(_ source: IRCSource, _ line: IRCMessage) {
        if isOwn(source.nick) { return }
        let reason = line.parameters.last ?? ""
        let isSplit = batches.isPart(of: "netsplit", line) || Netsplits.isSplit(reason)
        for id in roster.removeEverywhere(source.nick) {
            if isSplit {
                splits.recordDeparture(
                    of: roster.key(source.nick), from: id, servers: IRCMessage.plain(reason),
                    at: loop.now)
            } else {
                notice(.leave, source, in: id)
            }
        }
        // The owner of the wanted nick may be gone.
        if roster.key(source.nick) == roster.key(options.nick) { nextNickTry = .distantPast }
    }

    private func rename(_ source: IRCSource, _ line: IRCMessage) {
        guard let nick = line.parameters.first, !nick.isEmpty else { return }
        if isOwn(source.nick) {
            own.nick = nick
            nextNickTry = loop.now + Self.nickPause
            tellNick()
            return
        }
        if roster.key(source.nick) == roster.key(options.nick) { nextNickTry = .distantPast }
        let new = IRCSource(nick: nick, user: source.user, host: source.host)
        for id in roster.rename(source.nick, to: nick) where options.notices {
            notice(.leave, source, in: id)
            notice(.join, new, in: id)
        }
    }

    private func notice(_ kind: Message.Kind, _ source: IRCSource, in id: String) {
        guard options.notices, !isIgnored(source) else { return }
        let identity = roster.account(of: source.nick) ?? source.description
        tellRead(.notice(kind, nick: source.nick, identity: identity, channel: id))
    }

    /// Adds an event that brings something in, unless the bus stops or the bridge only sends.
    func tellRead(_ event: InboundEvent) {
        if port.direction != .out, !isStopping { enqueue(event) }
    }

    /// Reads a line of the answer to WHO.
    func readWho(nick: String, flags: String, account: String? = nil) {
        if let account { roster.setAccount(account, of: nick) }
        if let mode = features.botMode, flags.contains(mode) { roster.markBot(nick) }
    }

    /// Schedules a question to the server whether somebody is a bot, if nothing else tells that.
    func askWhetherBot(_ nick: String) {
        guard features.tellsBotsByWhois, roster.isUnasked(nick) else { return }
        if !questions.enqueue(nick) { roster.forgetQuestion(nick) }
    }

    /// Returns whether somebody's lines are ignored.
    func isIgnored(_ source: IRCSource) -> Bool {
        if isOwnBridge(source) { return true }
        guard !options.ignore.isEmpty else { return false }
        let name = "\(source.nick)!\(source.user ?? "")@\(source.host ?? "")"
        let key = roster.key(name)
        return options.ignore.contains { glob in
            let pattern = roster.key(glob.pattern)
            let isWhole = pattern.contains("!") || pattern.contains("@")
            return Glob(isWhole ? pattern : "\(pattern)!*").matches(key)
        }
    }

    /// Tells the rooms that people are gone with a part of the network, or are back.
    func tellSplits(_ changes: [Netsplits.Change]) {
        for change in changes {
            guard let channel = channels[change.channel] else { continue }
            if let servers = change.servers {
                log.warning("netsplit (\(servers)): \(change.people) people of \(channel.name)")
                say(
                    phrases.networkIsSplit(change.people, channel.name, servers), in: channel)
            } else {
                log.info("netsplit over: \(change.people) people back in \(channel.name)")
                say(phrases.networkIsWhole(change.people, channel.name), in: channel)
            }
        }
    }
}
