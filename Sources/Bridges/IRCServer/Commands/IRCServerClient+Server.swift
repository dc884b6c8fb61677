import Chat
import IRC
import MessageBus
import Sockets

// The server and its channels: what may be asked, and what only moderators may do.
extension IRCServerClient {
    /// Answers a question about the server; returns false if it is not one.
    func tellOfServer(_ command: String, _ parameters: [String], _ bus: isolated Bus) -> Bool {
        switch command {
        case "LUSERS": tellUserCounts()
        case "MOTD": numeric("422", [phrases.noMotto])
        case "VERSION":
            numeric("351", ["puente-\(Version.current)", network.name, phrases.aboutPuente])
        case "TIME":
            numeric("391", [network.name, ServerTime.text(bus.now)])
        case "INFO":
            numeric("371", [phrases.aboutPuente])
            numeric("374", [phrases.endOfInfo])
        case "ADMIN": numeric("423", [network.name, phrases.noAdmin])
        case "HELP", "HELPOP":
            let subject = parameters.first ?? "*"
            numeric("704", [subject, phrases.helpTitle])
            for line in phrases.ircHelp { numeric("705", [subject, line]) }
            numeric("706", [subject, phrases.endOfHelp])
        case "OPER": numeric("491", [phrases.noOperators])
        default: return false
        }
        return true
    }

    /// Tells how many people are here.
    func tellUserCounts() {
        let (count, most) = (network.registeredCount, network.maxClients)
        let unknown = network.clientsOfAll.count - count
        numeric("251", [phrases.userCount(count)])
        if unknown > 0 { numeric("253", ["\(unknown)", phrases.unknownCount]) }
        numeric("254", ["\(network.rooms.count)", phrases.channelCount])
        numeric("255", [phrases.clientCount(count)])
        numeric("265", ["\(count)", "\(most)", phrases.localCount(count, most)])
        numeric("266", ["\(count)", "\(most)", phrases.globalCount(count, most)])
    }

    // MARK: - Channels

    /// Tells a room's sentence; only the configuration changes it.
    func topic(_ parameters: [String], _ bus: isolated Bus) {
        guard let channel = parameters.first else { return needMore("TOPIC") }
        guard let room = room(channel) else { return }
        if parameters.count > 1 {
            return numeric("482", ["#\(room.name)", phrases.topicIsFixed])
        }
        guard let topic = network.options.topics[room.name], !topic.isEmpty else {
            return numeric("331", ["#\(room.name)", phrases.noTopic])
        }
        tellTopic(topic, of: room)
    }

    /// Sends the topic of a room.
    func tellTopic(_ topic: String, of room: Room) {
        numeric("332", ["#\(room.name)", Self.cleaned(topic, bytes: 390)])
        numeric(
            "333", ["#\(room.name)", network.name, "\(network.began.milliseconds / 1_000)"])
    }

    /// Tells modes; there are none to change.
    func mode(_ parameters: [String], _ bus: isolated Bus) {
        guard let target = parameters.first else { return needMore("MODE") }
        guard target.hasPrefix("#") else {
            let isOwn = IRCPeople.fold(target) == IRCPeople.fold(nick)
            return isOwn ? numeric("221", ["+i"]) : numeric("502", [phrases.notYourMode])
        }
        guard let room = room(target) else { return }
        switch parameters.dropFirst().first {
        case nil:
            numeric("324", ["#\(room.name)", "+nt"])
            numeric("329", ["#\(room.name)", "\(network.began.milliseconds / 1_000)"])
        case "b", "+b": numeric("368", ["#\(room.name)", phrases.endOfList])
        case "e", "+e": numeric("349", ["#\(room.name)", phrases.endOfList])
        case "I", "+I": numeric("347", ["#\(room.name)", phrases.endOfList])
        default: numeric("482", ["#\(room.name)", phrases.noOperators])
        }
    }

    /// Sends somebody away, for moderators.
    func kick(_ parameters: [String], _ bus: isolated Bus) {
        guard parameters.count > 1, let sender else { return needMore("KICK") }
        guard let room = room(parameters[0]) else { return }
        let channel = "#\(room.name)"
        guard presence(in: room) != nil else {
            return numeric("442", [channel, phrases.notInRoomForIRC])
        }
        guard let role = sender.account.flatMap({ bus.accounts.account($0)?.role }),
            role.mayModerate
        else { return numeric("482", [channel, phrases.onlyModerators]) }
        guard let key = network.people.key(ofNick: parameters[1]), let person = bus.person(key),
            person.isIn(room)
        else { return numeric("441", [parameters[1], channel, phrases.isNotInRoom]) }
        let reason = parameters.count > 2 ? Self.cleaned(parameters[2], bytes: 390) : ""
        network.people.live.leaves[key] = .kicked(
            by: source, in: room.name, reason.isEmpty ? nick : reason)
        let moderator = Moderator(
            sender, role, at: clientAddress, in: room, phrases, log: network.port.log)
        let arguments = Array("\"\(person.sender.name)\" \(reason)".utf8)
        let outcome = unsafe arguments.withUnsafeBytes { moderator.execute(.kick, $0, bus) }
        network.catchUp(room)
        if case .answer(let code, let text) = outcome, code != .ok {
            network.people.live.leaves[key] = nil
            numeric("482", [channel, text])
        }
    }
}
