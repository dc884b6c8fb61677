import Chat
import IRC
import MessageBus

// Channels: going in and out of rooms.
extension IRCServerClient {
    /// The most channels of one command.
    private static let maxTargets = 50

    /// Returns the presence in a room; `nil` if the client is not in it.
    func presence(in room: Room) -> Presence? { presences.first { $0.room === room } }

    /// Returns the room of a channel; `nil`, answered, if there is none.
    func room(_ channel: String) -> Room? {
        if let room = network.room(channel) { return room }
        let shown = Self.cleaned(channel, bytes: 64).replacing(" ", with: "_")
        let meant = Suggestion.nearest(
            to: String(shown.drop { $0 == "#" }), among: network.rooms.map(\.name))
        numeric(
            "403", [shown.isEmpty || shown.hasPrefix(":") ? "*" : shown, phrases.noChannel(meant)])
        return nil
    }

    /// Goes into rooms.
    func join(_ parameters: [String], _ bus: isolated Bus) {
        guard let list = parameters.first, !list.isEmpty else { return needMore("JOIN") }
        if list == "0" {
            for presence in presences { part(presence.room, nil, bus) }
            return
        }
        var joined: [Room] = []
        for channel in list.split(separator: ",").prefix(Self.maxTargets) {
            guard let room = room(String(channel)) else { continue }
            if presence(in: room) == nil, join(room, bus) { joined.append(room) }
        }
        showRecentTexts(of: joined.map(\.name), bus)
    }

    private func join(_ room: Room, _ bus: isolated Bus) -> Bool {
        guard let sender else { return false }
        let presence = Presence(
            sender: sender, room: room, delegate: self,
            hasNotices: network.port.direction != .out && !bus.isRelay(sender),
            connection: UInt64(connectionID))
        if let refusal = bus.enter(
            presence, by: network.port.attachment, before: { presences.append(presence) })
        {
            refuse(room, refusal)
            return false
        }
        // The client reads from behind the join, of which it is told separately.
        if let form = network.form(form, of: room, bus) { stream.read(form) }
        let details =
            capabilities.contains(.extendedJoin)
            ? " \(accountWord) :\(profile?.realname ?? sender.name)" : ""
        reply(source + "JOIN #\(room.name)\(details)\r\n".utf8)
        if let topic = network.options.topics[room.name], !topic.isEmpty {
            tellTopic(topic, of: room)
        }
        if capabilities.contains(.readMarker) { tellMarker(of: "#\(room.name)", bus) }
        showNames(of: room, bus)
        if let away = profile?.away { send(to: room, .awayNotify, "AWAY :\(away)") }
        return true
    }

    /// The account as `extended-join` and WHOX name it.
    private var accountWord: String {
        sender.flatMap(network.people.accountName)?.replacing(" ", with: "_") ?? "*"
    }

    private func refuse(_ room: Room, _ refusal: NameRefusal) {
        let text =
            switch refusal {
            case .banned(let reason): phrases.banned(reason)
            case .dropped(let drop): drop.reason
            case .muted: phrases.muted
            case .taken: phrases.nameInUse
            case .registered: phrases.nickIsRegistered
            }
        numeric("474", ["#\(room.name)", text])
    }

    /// Goes out of rooms.
    func part(_ parameters: [String], _ bus: isolated Bus) {
        guard let list = parameters.first, !list.isEmpty else { return needMore("PART") }
        for channel in list.split(separator: ",").prefix(Self.maxTargets) {
            guard let room = room(String(channel)) else { continue }
            guard presence(in: room) != nil else {
                numeric("442", ["#\(room.name)", phrases.notInRoomForIRC])
                continue
            }
            part(room, parameters.dropFirst().first, bus)
        }
    }

    private func part(_ room: Room, _ words: String?, _ bus: isolated Bus) {
        guard let sender, let presence = presence(in: room) else { return }
        stream.stopReading(room)
        let words = words.flatMap { judged($0, bus) }
        let ending = words.map { $0.isEmpty ? "" : " :\($0)" } ?? ""
        reply(source + "PART #\(room.name)\(ending)\r\n".utf8)
        if let words, !words.isEmpty { network.people.live.leaves[sender.key] = .said(words) }
        presences.removeAll { $0 === presence }
        bus.leave([presence])
        network.catchUp(room)
        network.people.live.leaves[sender.key] = nil
    }

    /// Leaves a room that the configuration no longer has.
    func leaveClosedRoom(_ room: Room, _ bus: isolated Bus) {
        guard let presence = presence(in: room) else { return }
        stream.stopReading(room)
        presences.removeAll { $0 === presence }
        bus.withdraw(presence)
        send(
            source + "PART #\(room.name) :\(phrases.channelIsClosed)\r\n".utf8)
    }

    /// Leaves all rooms and the chat.
    ///
    /// - Parameter words: what is said of it; `nil` for nothing.
    func depart(_ words: String?, _ bus: isolated Bus) {
        guard let sender else { return }
        if network.people.live.leaves[sender.key] == nil, let words,
            let last = judged(words, bus), !last.isEmpty
        {
            network.people.live.leaves[sender.key] = .said(last)
        }
        let rooms = presences.map(\.room)
        for room in rooms { stream.stopReading(room) }
        let all = presences + [lobbyPresence].compactMap { $0 }
        (presences, lobbyPresence) = ([], nil)
        bus.leave(all)
        for room in rooms { network.catchUp(room) }
        if let registeredKey {
            network.remove(self, of: registeredKey)
            network.people.removeClient(registeredKey)
        }
        (self.sender, registeredKey) = (nil, nil)
    }

    // MARK: - What was said before

    /// Shows the last texts of rooms that were just joined, to a client that can't ask for them.
    private func showRecentTexts(of rooms: [String], _ bus: isolated Bus) {
        let count = network.options.historyOnJoin
        guard let name = rooms.first, count > 0, !capabilities.contains(.chatHistory),
            let room = bus.room(name), let form = stream.form(of: room)
        else { return }
        let rest = Array(rooms.dropFirst())
        stream.hold(form)
        ask { (bus: isolated Bus) in
            guard let room = bus.room(name) else { return [] }
            return try await bus.lastTexts(in: room, atMost: count)
        } then: { [self] (found: [Message]?, bus) in
            endResponse()
            if let found, stream.readings.contains(where: { $0.form === form }) {
                send(lines(of: form.feed.shown(found), to: "#\(name)", isStamped: true))
            }
            stream.release(form)
            showRecentTexts(of: rest, bus)
        }
    }

    /// Returns the lines of earlier messages.
    ///
    /// - Parameters:
    ///   - isStamped: true if clients that are not told the time are shown it in front.
    ///   - isAnswer: true if the client has asked for them, so that it is told if there are none.
    func lines(
        of messages: [Message], to target: String, isStamped: Bool = false, isAnswer: Bool = false
    ) -> [UInt8] {
        guard isAnswer || !messages.isEmpty else { return [] }
        let composer = ClientLineComposer(form: form)
        let hasBatch = capabilities.contains(.batch)
        let name = network.nextBatch()
        var lines: [UInt8] = []
        if hasBatch { lines += ":\(network.name) BATCH +\(name) chathistory \(target)\r\n".utf8 }
        for message in messages {
            var context = ClientLineComposer.LineContext(
                source: network.people.source(of: message.sender), target: Array(target.utf8),
                account: network.people.accountName(of: message.sender))
            if message.isPrivate, let other = message.other {
                context.target = Array(network.people.nick(of: other).utf8)
            }
            if hasBatch { context.batch = name }
            if isStamped, !capabilities.contains(.serverTime) {
                var time: [UInt8] = []
                LocalTime.append(message.time, to: &time)
                // Of `2026-11-22 13:05:10` the hour and the minute.
                context.stamp = Array("[".utf8) + time.dropFirst(11).prefix(5) + "] ".utf8
            }
            composer.appendSaid(message, in: context, to: &lines)
        }
        if hasBatch { lines += ":\(network.name) BATCH -\(name)\r\n".utf8 }
        return lines
    }
}
