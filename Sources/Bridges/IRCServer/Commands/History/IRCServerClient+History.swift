import Chat
import IRC
import MessageBus

// Earlier messages (IRCv3, draft/chathistory).
extension IRCServerClient {
    /// Messages of one answer.
    static let maxHistory = 100
    /// Private messages that are looked through.
    private static let maxPrivate = 500

    /// Shows earlier messages.
    func showHistory(_ parameters: [String], _ bus: isolated Bus) {
        guard let command = parameters.first?.uppercased() else {
            return fail("CHATHISTORY", "NEED_MORE_PARAMS", [], phrases.needMoreParameters)
        }
        guard spendQuery(), !network.lists.isSpent else {
            return fail("CHATHISTORY", "MESSAGE_ERROR", [command], phrases.tooManyRequests)
        }
        if command == "TARGETS" { return showTargets(Array(parameters.dropFirst()), bus) }
        guard parameters.count > 2 else {
            return fail("CHATHISTORY", "NEED_MORE_PARAMS", [command], phrases.needMoreParameters)
        }
        let target = parameters[1]
        let known = ["LATEST", "BEFORE", "AFTER", "AROUND", "BETWEEN"]
        guard known.contains(command),
            let request = HistoryRequest(
                command, Array(parameters.dropFirst(2)), atMost: Self.maxHistory)
        else {
            return fail("CHATHISTORY", "INVALID_PARAMS", [command], phrases.isNoHistoryRequest)
        }
        if target.hasPrefix("#") {
            guard let room = network.room(target), presence(in: room) != nil else {
                return fail(
                    "CHATHISTORY", "INVALID_TARGET", [command, target], phrases.notInRoomForIRC)
            }
            showHistory(of: room, request, command, target)
        } else {
            showHistory(with: target, request, command, bus)
        }
    }

    private func showHistory(
        of room: Room, _ request: HistoryRequest, _ command: String, _ target: String
    ) {
        let name = room.name
        ask { (bus: isolated Bus) in
            guard let room = bus.room(name) else { return [] }
            return try await request.messages(in: room, bus)
        } then: { [self] (found: [Message]?, bus) in
            guard let found else {
                return fail(
                    "CHATHISTORY", "MESSAGE_ERROR", [command, target], phrases.noHistory)
            }
            let form = bus.room(name).flatMap { stream.form(of: $0) }
            answer(form?.feed.shown(found) ?? [], to: target)
        }
    }

    private func showHistory(
        with nick: String, _ request: HistoryRequest, _ command: String, _ bus: isolated Bus
    ) {
        guard let account = sender?.account else {
            return fail(
                "CHATHISTORY", "INVALID_TARGET", [command, nick], phrases.onlyWithAccount)
        }
        guard let key = network.people.key(ofNick: nick) ?? IRCPeople.fold(nick) else {
            return fail("CHATHISTORY", "INVALID_TARGET", [command, nick], phrases.noSuchNick)
        }
        ask { then in
            bus.accounts.privateMessages(
                of: account, with: key, before: .max, last: Self.maxPrivate, then: then)
        } then: { [self] (found: [PrivateMessage]?, _) in
            answer(request.messages(of: (found ?? []).map { Message($0) }), to: nick)
        }
    }

    private func answer(_ messages: [Message], to target: String) {
        let lines = lines(of: messages, to: target, isAnswer: true)
        reply(lines, isBatch: true)
        stream.keepUntilTaken(network.lists.part(of: lines.count))
    }

    // MARK: - Targets

    /// Shows where something was said between two times.
    private func showTargets(_ parameters: [String], _ bus: isolated Bus) {
        guard parameters.count == 3, case .time(let one) = HistoryRequest.Reference(parameters[0]),
            case .time(let other) = HistoryRequest.Reference(parameters[1]),
            let wanted = Int(parameters[2]), wanted > 0
        else {
            return fail("CHATHISTORY", "INVALID_PARAMS", ["TARGETS"], phrases.isNoHistoryRequest)
        }
        let (from, to) = (min(one, other), max(one, other))
        let rooms = presences.map(\.room.name)
        ask { (bus: isolated Bus) in
            var latest: [(String, Timestamp)] = []
            for room in rooms.compactMap({ bus.room($0) }) {
                let last = try await bus.lastTexts(in: room, atMost: 1).last
                if let last { latest.append(("#\(room.name)", last.time)) }
            }
            return latest
        } then: { [self] (found: [(String, Timestamp)]?, bus) in
            addConversations(to: found ?? [], from, to, atMost: min(wanted, Self.maxHistory), bus)
        }
    }

    private func addConversations(
        to rooms: [(String, Timestamp)], _ from: Timestamp, _ to: Timestamp, atMost count: Int,
        _ bus: isolated Bus
    ) {
        guard let account = sender?.account else { return sendTargets(rooms, from, to, count) }
        ask { then in
            bus.accounts.privateMessages(
                of: account, after: 0, since: max(.epoch, from), atMost: 1_000, then: then)
        } then: { [self] (found: [PrivateMessage]?, _) in
            var latest: [String: Timestamp] = [:]
            for message in found ?? [] {
                let message = Message(message)
                let isMine = message.sender.account == account
                guard let person = isMine ? message.other : message.sender else { continue }
                let nick = network.people.nick(of: person)
                latest[nick] = max(latest[nick] ?? .epoch, message.time)
            }
            sendTargets(rooms + latest.map { ($0.key, $0.value) }, from, to, count)
        }
    }

    private func sendTargets(
        _ targets: [(String, Timestamp)], _ from: Timestamp, _ to: Timestamp, _ count: Int
    ) {
        let name = network.nextBatch()
        var lines = Array(":\(network.name) BATCH +\(name) draft/chathistory-targets\r\n".utf8)
        let found = targets.filter { $0.1 > from && $0.1 < to }.sorted { $0.1 < $1.1 }
        for (target, time) in found.prefix(count) {
            lines += "@batch=\(name) :\(network.name) CHATHISTORY TARGETS \(target) ".utf8
            lines += "\(ServerTime.text(time))\r\n".utf8
        }
        lines += ":\(network.name) BATCH -\(name)\r\n".utf8
        reply(lines, isBatch: true)
    }
}
