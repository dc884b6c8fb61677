import Chat
import MessageBus

// From the network to the rooms.
extension IRCRelay {
    /// Publishes on the bus what happens on the network, in order.
    func publishEvents(of network: JoinedNetwork) async throws {
        while true {
            try await network.news.wait()
            let events = await network.drainEvents()
            do {
                try await publish(events, in: network)
            } catch PortError.stopped {
                // While the bus stops nobody is told anything any more.
            }
            await network.resumeReading()
        }
    }

    private func publish(_ events: [InboundEvent], in network: JoinedNetwork) async throws {
        let rooms = await network.channels.mapValues(\.room)
        var drafts: [Draft] = []
        for event in events {
            switch event {
            case .said(let text):
                // Only published messages can be found.
                if text.answered != nil { try await publish(&drafts) }
                drafts.append(try await draft(of: text, in: rooms[text.channel]))
            case .notice(let kind, let nick, let identity, let channel):
                var draft = Draft("", from: nick)
                draft.kind = kind
                draft.identity = identity
                draft.room = rooms[channel]
                draft.origin = Origin(channel: channel)
                drafts.append(draft)
            case .deleted(let remoteID, let channel):
                try await publish(&drafts)
                for number in try await port.numbers(of: remoteID, in: channel) {
                    let verdict = try await port.delete(number)
                    if verdict != .pass {
                        port.log.debug("#\(number) can't be deleted: \(verdict)")
                    }
                }
            case .sentence(let sentence, let rooms):
                try await publish(&drafts)
                for room in rooms { try await port.announce(sentence, in: room) }
            case .ready: await port.ready()
            case .checkpoint(let checkpoint): try await port.saveCheckpoints([checkpoint])
            }
        }
        try await publish(&drafts)
    }

    private func publish(_ drafts: inout [Draft]) async throws {
        guard !drafts.isEmpty else { return }
        defer { drafts = [] }
        for receipt in try await port.publish(drafts) {
            guard case .drop(let reason, let code, _) = receipt.verdict else { continue }
            port.log.info("message #\(receipt.number) was dropped: [\(code)] \(reason)")
        }
    }

    private func draft(of text: InboundText, in room: String?) async throws -> Draft {
        let words =
            text.isAction ? "* \(port.shownName(text.nick)) \(text.text)" : text.text
        var draft = Draft(words, from: text.nick)
        draft.identity = text.identity
        draft.room = room
        draft.origin = Origin(
            channel: text.channel, remoteID: text.remoteID, passed: text.passed)
        draft.isLinked = text.remoteID != nil
        draft.time = text.time
        draft.isAutomatic = RelayMark.isRepeated(in: text.text)
        if let answered = text.answered {
            draft.reply = try await quotation(of: answered, in: text.channel)
        }
        return draft
    }

    /// Returns the quotation of a message of the channel; `nil` if the bus does not have it.
    private func quotation(of remoteID: String, in channel: String) async throws -> Quotation? {
        for number in try await port.numbers(of: remoteID, in: channel).reversed() {
            if let message = try await port.message(numbered: number) {
                return Quotation(
                    number: number, name: message.sender.name, excerpt: message.text)
            }
        }
        return nil
    }
}
