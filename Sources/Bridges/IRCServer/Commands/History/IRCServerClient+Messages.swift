import Chat
import IRC
import MessageBus

// Messages that were said: how far they are read, and taking them back.
extension IRCServerClient {
    private var markerOwner: ReadMarkers.Owner {
        sender?.account.map { .account($0) } ?? .client(connectionID)
    }

    /// Moves or tells a read marker.
    func markRead(_ parameters: [String], _ bus: isolated Bus) {
        guard let target = parameters.first, !target.isEmpty, target.utf8.count <= 100 else {
            return fail("MARKREAD", "NEED_MORE_PARAMS", [], phrases.needMoreParameters)
        }
        guard parameters.count > 1 else { return tellMarker(of: target, bus) }
        let value = parameters[1]
        guard value.hasPrefix("timestamp="), let time = ServerTime.read(String(value.dropFirst(10)))
        else {
            return fail("MARKREAD", "INVALID_PARAMS", [target], phrases.isNoTime)
        }
        let moved = network.markers.move(Self.markerKey(target), to: time, markerOwner)
        let line = IRCMessage(
            "MARKREAD", [target, "timestamp=\(ServerTime.text(moved))"], from: server)
        reply(line)
        guard moved == time, let account = sender?.account else { return }
        for other in network.clientsOfAll
        where other !== self && other.sender?.account == account
            && other.capabilities.contains(.readMarker)
        {
            other.send(line.bytes)
        }
        recordSeen(target, through: time, by: account, bus)
    }

    private static func markerKey(_ target: String) -> String { IRCPeople.fold(target) ?? target }

    /// Tells the account's other devices, whatever they speak, how far a room is read.
    private func recordSeen(
        _ target: String, through time: Timestamp, by account: AccountID, _ bus: isolated Bus
    ) {
        guard let name = network.room(target)?.name else { return }
        ask { (bus: isolated Bus) in
            guard let room = bus.room(name) else { return 0 }
            return try await MessageTimes(room).lastNumber(until: time, bus)
        } then: { (number: MessageNumber?, bus) in
            if let number, number > 0 {
                bus.accounts.recordSeen(number, in: name, by: account)
            }
        }
    }

    /// Tells a read marker.
    func tellMarker(of target: String, _ bus: isolated Bus) {
        let time = network.markers.marker(of: Self.markerKey(target), markerOwner)
        let shown = time.map { "timestamp=\(ServerTime.text($0))" } ?? "*"
        reply(IRCMessage("MARKREAD", [target, shown], from: server))
    }

    // MARK: - Taking back

    /// Deletes a message.
    func redact(_ parameters: [String], _ bus: isolated Bus) {
        guard parameters.count > 1, let sender else {
            return fail("REDACT", "NEED_MORE_PARAMS", [], phrases.needMoreParameters)
        }
        let (target, id) = (parameters[0], parameters[1])
        let context = [target, Self.cleaned(id, bytes: 64).replacing(" ", with: "_")]
        if target.hasPrefix("#") {
            guard let room = network.room(target), presence(in: room) != nil else {
                return fail("REDACT", "INVALID_TARGET", [target], phrases.notInRoomForIRC)
            }
        } else if network.people.key(ofNick: target) == nil {
            return fail("REDACT", "INVALID_TARGET", [target], phrases.noSuchNick)
        }
        guard let number = MessageNumber(id), number > 0 else {
            return fail("REDACT", "UNKNOWN_MSGID", context, phrases.unknownMsgid)
        }
        let role = sender.account.flatMap { bus.accounts.account($0)?.role }
        let reason = parameters.dropFirst(2).first.flatMap { judged($0, bus) }
        if let reason, !reason.isEmpty { network.people.live.redactionReasons[number] = reason }
        let connection = connectionID
        ask { (bus: isolated Bus) in
            try await bus.delete(number, by: sender, role: role, connection: connection)
        } then: { [self] (result: Bus.DeletionResult?, bus) in
            for room in network.rooms { network.catchUp(room) }
            network.people.live.redactionReasons[number] = nil
            switch result {
            case .deleted: break
            case .unknown: redactPrivately(number, context, reason, bus)
            case .forbidden: fail("REDACT", "REDACT_FORBIDDEN", context, phrases.canNotDelete)
            case nil: fail("REDACT", "REDACT_FORBIDDEN", context, phrases.noHistory)
            }
        }
    }

    /// Deletes a private message; for everybody but the two there is no such message.
    private func redactPrivately(
        _ number: MessageNumber, _ context: [String], _ reason: String?, _ bus: isolated Bus
    ) {
        guard let account = sender?.account, !context[0].hasPrefix("#") else {
            return fail("REDACT", "UNKNOWN_MSGID", context, phrases.unknownMsgid)
        }
        let earliest = bus.earliestDeletable(by: bus.accounts.account(account)?.role)
        ask { then in
            bus.accounts.deletePrivateMessage(
                numbered: number, by: account, saidSince: earliest, then: then)
        } then: { [self] (result: PrivateDeletionResult?, bus) in
            switch result {
            case .deleted: tellRedaction(number, to: context[0], reason, bus)
            case .unknown: fail("REDACT", "UNKNOWN_MSGID", context, phrases.unknownMsgid)
            case .forbidden: fail("REDACT", "REDACT_FORBIDDEN", context, phrases.canNotDelete)
            case .unavailable, nil:
                fail("REDACT", "REDACT_FORBIDDEN", context, phrases.accountsAreUnavailable)
            }
        }
    }

    private func tellRedaction(
        _ number: MessageNumber, to target: String, _ reason: String?, _ bus: isolated Bus
    ) {
        let ending = reason.map { $0.isEmpty ? "" : " :\($0)" } ?? ""
        let line = source + "REDACT \(target) \(number)\(ending)\r\n".utf8
        if capabilities.contains(.messageRedaction) { reply(line) }
        guard let key = network.people.key(ofNick: target) else { return }
        for other in network.clients(of: key) + network.clients(of: registeredKey ?? "")
        where other !== self && other.capabilities.contains(.messageRedaction) {
            other.send(line)
        }
    }
}
