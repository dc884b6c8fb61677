import Chat
import IRC
import MessageBus

// Texts that a client sends: to channels, and to single people.
extension IRCServerClient {
    /// Something that is to be said.
    struct MessageRequest {
        var command: String
        var target: String
        var text: [UInt8]
        var cuts: [Int] = []
        var reply: String?
        /// The instances that it has passed.
        var passed: [String] = []
        /// True if its lines were cut by the client, so that none is too long.
        var isCut = false

        /// True if a program says it by itself.
        var isAutomatic: Bool { command == "NOTICE" }
    }

    /// The most targets of one command.
    private static let maxTargets = 4
    /// The most bytes of a reference to another message.
    private static let maxReference = 64

    /// Says something.
    func speak(_ command: String, _ parameters: [String], _ tags: IRCTags, _ bus: isolated Bus) {
        guard let list = parameters.first, !list.isEmpty else {
            return command == "NOTICE" ? () : numeric("411", [phrases.noRecipient(command)])
        }
        guard parameters.count > 1, !parameters[1].isEmpty else {
            return command == "NOTICE" ? () : numeric("412", [phrases.noText])
        }
        guard let text = Self.text(parameters[1], by: sender?.name ?? nick) else { return }
        let targets = list.split(separator: ",")
        if targets.count > Self.maxTargets {
            return numeric("407", [list, phrases.tooManyTargets])
        }
        for target in targets {
            if isAsking { break }
            let request = MessageRequest(
                command: command, target: String(target), text: text, reply: reference(in: tags),
                passed: passed(in: tags))
            say(request, bus)
        }
    }

    private func reference(in tags: IRCTags) -> String? {
        guard capabilities.contains(.messageTags), let reply = tags["+draft/reply"],
            !reply.isEmpty, reply.utf8.count <= Self.maxReference
        else { return nil }
        return reply
    }

    private func passed(in tags: IRCTags) -> [String] {
        guard capabilities.isSuperset(of: [.messageTags, .passedInstances]) else { return [] }
        return PassedInstances.names(in: tags[PassedInstances.tag])
    }

    /// Returns a text as the bus carries it: what `/me` says becomes `* Ana waves`, which everybody
    /// can read; `nil` for a request between two programs, which is not carried.
    static func text(_ raw: String, by name: String) -> [UInt8]? {
        guard raw.utf8.first == 1 else { return Array(IRCFormatting.remove(from: raw).utf8) }
        guard raw.hasPrefix("\u{1}ACTION ") else { return nil }
        let action = raw.dropFirst(8).prefix { $0 != "\u{1}" }
        return Array("* \(name) \(IRCFormatting.remove(from: String(action)))".utf8)
    }

    /// Says something to one target.
    func say(_ request: MessageRequest, _ bus: isolated Bus) {
        let target = request.target
        if !request.isCut {
            let head = source.count + request.command.utf8.count + target.utf8.count + 3
            // Readers would get it in two lines.
            if head + request.text.count > IRCMessage.maxLine - 2 {
                return numeric("417", [phrases.lineIsTooLong])
            }
        }
        if !target.hasPrefix("#") { return whisper(request, bus) }
        guard let room = network.room(target) else {
            return request.isAutomatic ? () : numeric("403", [target, phrases.noChannel(nil)])
        }
        guard let presence = presence(in: room), let sender else {
            return refuse(request, .forbidden, phrases.notInRoomForIRC)
        }
        if network.port.direction == .out {
            return refuse(request, .forbidden, phrases.forbidden)
        }
        let words = String(decoding: request.text, as: UTF8.self)
        if network.textLimit.isExceeded(by: words) {
            return refuse(
                request, .tooLong, phrases.textIsTooLongForIRC(network.textLimit.characters))
        }
        let relayed = relayed(request.text, by: sender, bus)
        var speech = Bus.Speech(
            relayed?.text ?? request.text, by: relayed?.sender ?? sender,
            in: relayed == nil ? presence : nil, session: sessionKey,
            reply: request.reply.flatMap { MessageNumber($0) }.flatMap { $0 > 0 ? $0 : nil })
        speech.connectionID = connectionID
        speech.isAutomatic = request.isAutomatic || RelayMark.isRepeated(in: words)
        speech.passed = request.passed
        let name = room.name
        wait { then in
            bus.say(speech, in: room, by: network.port.attachment, then: then)
        } finish: { [self] result, bus in
            if case .unknownMessage = result {
                // The answered message may be gone or in another room; the text is said all the
                // same.
                var plain = request
                plain.reply = nil
                return say(plain, bus)
            }
            finish(result, request, in: bus.room(name))
        }
    }

    /// Returns the text that a relay account says for somebody, and the sender: `NAME: TEXT`; `nil`
    /// for a text that the client says for itself.
    private func relayed(
        _ text: [UInt8], by sender: Sender, _ bus: isolated Bus
    ) -> (sender: Sender, text: [UInt8])? {
        guard bus.isRelay(sender), let colon = text.firstIndex(of: UInt8(ascii: ":")),
            colon + 2 < text.count,
            text[colon + 1] == UInt8(ascii: " "),
            let name = try? Name(String(decoding: text[..<colon], as: UTF8.self), isChosen: false)
        else { return nil }
        return (
            Sender(name.text, relayedBy: sender, fold: NameFolding.key),
            Array(text[(colon + 2)...])
        )
    }

    /// The key of this connection by which its texts keep their order.
    private var sessionKey: [UInt8] {
        Array("irc:\(connectionID)".utf8)
    }

    private func finish(_ result: SpeechResult, _ request: MessageRequest, in room: Room?) {
        switch result {
        case .said(let number):
            if !request.cuts.isEmpty {
                network.people.live.record(request.cuts, of: request.text, numbered: number)
            }
            if capabilities.contains(.echoMessage), let room { echo(number, in: room) }
        case .dropped(let drop): refuse(request, code: drop.code, drop.reason)
        case .full: refuse(request, .rateLimited, phrases.tooManyRequests)
        default: refuse(request, .forbidden, phrases.notInRoomForIRC)
        }
    }

    /// Sends the client what it has said, as everybody else reads it.
    private func echo(_ number: MessageNumber, in room: Room) {
        guard let form = stream.form(of: room), let said = room.log.message(numbered: number) else {
            return
        }
        var lines: [UInt8] = []
        for message in form.feed.shown([said]) {
            var context = ClientLineComposer.LineContext(
                source: network.people.source(of: message.sender),
                target: Array("#\(room.name)".utf8),
                account: network.people.accountName(of: message.sender))
            context.cuts = network.people.live.cuts(of: message)
            ClientLineComposer(form: self.form).appendSaid(message, in: context, to: &lines)
        }
        let isBatch = lines.count(where: { $0 == 0x0A }) > 1 && form.encoder.form.isMultiline
        if let now = responses.add(lines, isBatch: isBatch) {
            send(now, behind: room)
        } else {
            form.catchUp()
        }
    }

    // MARK: - Refusals

    private func refuse(_ request: MessageRequest, _ code: AnswerCode, _ text: String) {
        refuse(request, code: code.rawValue, text)
    }

    /// Answers that a text is not said; a NOTICE is never answered.
    private func refuse(_ request: MessageRequest, code: String, _ text: String) {
        if request.isAutomatic { return }
        let sentence = text.isEmpty ? "[\(code)]" : "[\(code)] \(text)"
        if request.target.hasPrefix("#") {
            numeric("404", [request.target, sentence])
        } else {
            reply(IRCMessage("NOTICE", [nick, sentence], from: server))
        }
    }

    // MARK: - To somebody alone

    private func whisper(_ request: MessageRequest, _ bus: isolated Bus) {
        let target = request.target
        if target.lowercased() == Self.serviceName.lowercased() {
            if request.isAutomatic { return }
            return askService(String(decoding: request.text, as: UTF8.self), bus)
        }
        guard let lobbyPresence else { return }
        let presence = presences.first ?? lobbyPresence
        if network.port.direction == .out {
            return refuse(request, .forbidden, phrases.forbidden)
        }
        if bus.isRelay(presence.sender) {
            return refuse(request, .forbidden, phrases.noPrivateMessagesForRelays)
        }
        guard let key = network.people.key(ofNick: target) ?? unknownKey(target) else {
            return request.isAutomatic ? () : numeric("401", [target, phrases.noSuchNick])
        }
        let isHere = bus.person(key) != nil
        network.speakingReply = request.reply
        outgoingReplyTag = ReplyTag(reply: request.reply)
        wait { then in
            bus.whisper(
                request.text, from: presence, to: key, session: sessionKey, id: nil,
                isAutomatic: request.isAutomatic, by: network.port.attachment, then: then)
        } finish: { [self] result, bus in
            switch result {
            case .said:
                if request.isAutomatic { break }
                if let away = network.people.profile(of: key)?.away {
                    numeric("301", [target, away])
                } else if !isHere {
                    let name = bus.accounts.account(named: key)?.name ?? target
                    numeric("301", [target, phrases.leftMessage(for: name)])
                }
            case .dropped(let drop): refuse(request, code: drop.code, drop.reason)
            case .full: refuse(request, .full, phrases.busyUser(target))
            default:
                if request.isAutomatic { break }
                numeric(
                    "401",
                    [target, target.contains("/") ? phrases.isElsewhere : phrases.noSuchNick]
                )
            }
        }
        network.speakingReply = nil
        outgoingReplyTag = nil
    }

    /// Returns the folded name of an account whose owner is away, by a nick; it counts as a
    /// command, so that nobody can try all names.
    private func unknownKey(_ nick: String) -> String? {
        guard case .allowed = spendCommand(), let key = IRCPeople.fold(nick) else { return nil }
        let account = bus.accounts.account(named: key) ?? bus.accounts.account(nick: key)
        return account?.key ?? (nick.contains("/") ? key : nil)
    }

    // MARK: - Several lines

    /// Begins or ends a batch.
    func changeBatch(_ parameters: [String], _ tags: IRCTags, _ bus: isolated Bus) {
        guard let name = parameters.first, name.utf8.count > 1 else { return needMore("BATCH") }
        if name.hasPrefix("+"), parameters.count > 2, parameters[1] == "draft/multiline",
            capabilities.contains(.multiline), multiline == nil
        {
            multiline = MultilineInput(
                String(name.dropFirst().prefix(64)), to: parameters[2], label: responses.label,
                reply: reference(in: tags), passed: passed(in: tags))
            // The end of the batch is answered, not its beginning.
            return responses.begin(nil)
        }
        guard name.hasPrefix("-"), let batch = multiline, batch.name == name.dropFirst() else {
            multiline = nil
            return fail("BATCH", "MULTILINE_INVALID", [], phrases.isNoBatch)
        }
        multiline = nil
        guard let command = batch.command else { return }
        if let label = batch.label { responses.begin(label) }
        guard batch.text.contains(where: { $0 != 0x0A && $0 != 0x20 }) else {
            return numeric("412", [phrases.noText])
        }
        let request = MessageRequest(
            command: command, target: batch.target, text: batch.text, cuts: batch.cuts,
            reply: batch.reply, passed: batch.passed, isCut: true)
        say(request, bus)
    }

    /// Adds a line to the batch in progress.
    func addToBatch(_ name: String, _ message: IRCMessage, _ bus: isolated Bus) {
        guard var batch = multiline, batch.name == name,
            ["PRIVMSG", "NOTICE"].contains(message.command), message.parameters.count > 1
        else {
            multiline = nil
            return fail("BATCH", "MULTILINE_INVALID", [], phrases.isNoBatch)
        }
        let clean = unsafe Array(IRCFormatting.remove(from: message.parameters[1]).utf8)
            .withUnsafeBytes { TextCleaning.cleaned(repairing: $0, lineEndings: .removed) }
        do throws(MultilineInput.Refusal) {
            try batch.append(
                message.command, to: message.parameters[0], clean,
                isConcatenated: message.tags["draft/multiline-concat"] != nil)
            multiline = batch
        } catch {
            multiline = nil
            switch error {
            case .invalid: fail("BATCH", "MULTILINE_INVALID", [], phrases.isNoBatch)
            case .tooLong:
                fail(
                    "BATCH", "MULTILINE_MAX_BYTES", ["\(MultilineInput.maxBytes)"],
                    phrases.lineIsTooLong)
            case .tooManyLines:
                fail(
                    "BATCH", "MULTILINE_MAX_LINES", ["\(MultilineInput.maxLines)"],
                    phrases.lineIsTooLong)
            }
        }
    }
}

extension ClientForm {
    /// True if several lines are one batch.
    var isMultiline: Bool { options.contains(.multiline) }
}
