import Chat
import IRC
import MessageBus
import Sockets

// The execution of one line, and the forms of answers.
extension IRCServerClient {
    /// Executes one line.
    func execute(_ line: InputLines.Line, _ bus: isolated Bus) {
        guard case .line(let bytes) = line else {
            return numeric("417", [phrases.lineIsTooLong])
        }
        guard var message = IRCMessage(bytes) else { return }
        if bytes.first != UInt8(ascii: "@") { message.tags = IRCTags() }
        let isLabeled = capabilities.isSuperset(of: [.labeledResponse, .batch])
        let label =
            isLabeled ? message.tags["label"].flatMap { $0.utf8.count <= 64 ? $0 : nil } : nil
        responses.begin(label.flatMap { $0.isEmpty ? nil : $0 })
        if unsafe bytes.withUnsafeBytes({ TextEncoding($0) }) != .valid {
            fail(message.command, "INVALID_UTF8", [], phrases.isNoUTF8)
        } else {
            execute(message, bus)
        }
        if !isAsking { endResponse() }
    }

    private func execute(_ message: IRCMessage, _ bus: isolated Bus) {
        let parameters = message.parameters
        if let batch = message.tags["batch"], capabilities.contains(.multiline) {
            return addToBatch(batch, message, bus)
        }
        switch message.command {
        case "CAP": return negotiate(parameters, bus)
        case "PING":
            guard let token = parameters.first, !token.isEmpty else {
                return numeric("409", [phrases.noOrigin])
            }
            return reply(IRCMessage("PONG", [network.name, token], from: server))
        case "PONG": return
        case "QUIT":
            let words = parameters.first ?? ""
            return quit(words.isEmpty ? "Quit" : "Quit: \(words)", "Quit: \(words)")
        case "ERROR": return
        case "PASS": return receivePassword(parameters)
        case "NICK": return receiveNick(parameters, bus)
        case "USER": return receiveUser(parameters, bus)
        case "AUTHENTICATE": return authenticate(parameters, bus)
        default: break
        }
        guard isRegistered else { return numeric("451", [phrases.isNotRegistered]) }
        switch message.command {
        case "PRIVMSG", "NOTICE":
            return speak(message.command, parameters, message.tags, bus)
        case "TAGMSG":
            // No tag that a client may send is carried without a text.
            return
        case "BATCH": return changeBatch(parameters, message.tags, bus)
        default: break
        }
        switch spendCommand() {
        case .allowed: executeCommand(message.command, parameters, bus)
        case .refused(let seconds):
            numeric("263", [message.command, phrases.tooManyCommands(seconds: seconds)])
        case .ignored: break
        }
    }

    private func executeCommand(
        _ command: String, _ parameters: [String], _ bus: isolated Bus
    ) {
        switch command {
        case "JOIN": join(parameters, bus)
        case "PART": part(parameters, bus)
        case "NAMES": showNames(parameters, bus)
        case "WHO": showWho(parameters, bus)
        case "LIST": showList(parameters, bus)
        case "WHOIS": showWhois(parameters, bus)
        case "WHOWAS": showWhowas(parameters)
        case "USERHOST": showUserhost(parameters, bus)
        case "ISON": showIson(parameters, bus)
        case "MONITOR": monitor(parameters, bus)
        case "AWAY": changeAway(parameters, bus)
        case "SETNAME": changeRealname(parameters, bus)
        case "TOPIC": topic(parameters, bus)
        case "KICK": kick(parameters, bus)
        case "MODE": mode(parameters, bus)
        case "CHATHISTORY": showHistory(parameters, bus)
        case "MARKREAD": markRead(parameters, bus)
        case "REDACT": redact(parameters, bus)
        case "NS", "NICKSERV": askService(parameters.joined(separator: " "), bus)
        default:
            if !tellOfServer(command, parameters, bus) {
                numeric("421", [command, phrases.isUnknownCommand])
            }
        }
    }

    // MARK: - Answers

    /// The source of the server's own lines.
    var server: IRCSource { IRCSource(nick: network.name) }

    /// `:nick!user@host ` of this client, as others know it.
    var source: [UInt8] {
        sender.map(network.people.source) ?? Array(":\(nick) ".utf8)
    }

    /// Answers with a line.
    func reply(_ message: IRCMessage) { reply(message.bytes) }

    /// Answers with lines.
    ///
    /// - Parameter isBatch: true if they are one batch.
    func reply(_ lines: [UInt8], isBatch: Bool = false) {
        if let now = responses.add(lines, isBatch: isBatch) { send(now) }
    }

    /// Answers with a numeric, which names the client first.
    func numeric(_ code: String, _ parameters: [String]) {
        reply(IRCMessage(code, [nick] + parameters, from: server))
    }

    /// Answers that too few parameters came.
    func needMore(_ command: String) { numeric("461", [command, phrases.needMoreParameters]) }

    /// Answers that something can't be done (IRCv3, standard replies).
    func fail(_ command: String, _ code: String, _ context: [String], _ text: String) {
        reply(IRCMessage("FAIL", [command, code] + context + [text], from: server))
    }

    /// Tells the client something, as the server.
    func notify(_ text: String) {
        send(IRCMessage("NOTICE", [nick, text], from: server).bytes)
    }

    /// Sends the answer to a command that has a label.
    func endResponse() {
        if let lines = responses.end(by: network.name) { send(lines) }
    }

    // MARK: - Others

    /// Tells the clients that share a channel with this person, and have asked for it, something
    /// about them.
    func tellOthers(_ capability: Capability, _ line: String) {
        let bytes = source + "\(line)\r\n".utf8
        for other in network.clientsOfAll
        where other !== self && other.capabilities.contains(capability) {
            let isShared = other.presences.contains { theirs in
                presences.contains { $0.room === theirs.room }
            }
            if isShared { other.send(bytes) }
        }
    }

    /// Sends the clients in a room a line about this person.
    func send(to room: Room, _ capability: Capability, _ line: String) {
        let bytes = source + "\(line)\r\n".utf8
        for other in network.clientsOfAll
        where other !== self && other.capabilities.contains(capability) {
            if other.presence(in: room) != nil { other.send(bytes) }
        }
    }

    /// Returns last words or a reason as the chains leave them; `nil` if they drop them, and for
    /// somebody who may not speak.
    func judged(_ words: String, _ bus: isolated Bus) -> String? {
        guard let sender, bus.accounts.mute(ofName: sender.key) == nil else { return nil }
        let clean = Self.cleaned(words, bytes: 390)
        if clean.isEmpty { return "" }
        return bus.words(of: Draft(clean, from: sender.name), by: network.port.attachment)
    }

    /// Returns a text on one line, without characters that upset terminals, cut to a number of
    /// bytes.
    static func cleaned(_ text: String, bytes: Int) -> String {
        let clean = unsafe Array(IRCFormatting.remove(from: text).utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        var result = String(decoding: clean, as: UTF8.self)
        while result.utf8.count > bytes { result.removeLast() }
        return result
    }
}
