import Chat
import IRC
import MessageBus
import Sockets

// The bus's calls to a person who is here through this client.
extension IRCServerClient: PresenceDelegate {
    /// True if the bridge shows anything but answers.
    var isReachable: Bool { network.port.direction != .in }

    /// True if the client does not read what it is sent.
    var isFull: Bool { stream.isFull }

    /// The address by which bans are looked up.
    var address: ClientAddress? { clientAddress }

    /// Shows a private message.
    func deliver(_ message: Message) {
        guard isReachable, let sender, let other = message.other else { return }
        let isMine = message.sender.key == sender.key
        let isForMe = other.key == sender.key
        let outgoing = network.port.attachment.outgoing
        for shown in outgoing.isEmpty ? [message] : outgoing.judge([message]) {
            var context = ClientLineComposer.LineContext(
                source: network.people.source(of: shown.sender),
                target: Array(network.people.nick(of: other).utf8),
                account: network.people.accountName(of: shown.sender))
            context.reply = network.speakingReply
            var lines: [UInt8] = []
            ClientLineComposer(form: form).appendSaid(shown, in: context, to: &lines)
            network.port.statistics.deliveries += 1
            if isMine, capabilities.contains(.echoMessage) {
                let isBatch = form.isMultiline && lines.count(where: { $0 == 0x0A }) > 1
                if outgoingReplyTag != nil {
                    reply(lines, isBatch: isBatch)
                } else if !isForMe {
                    send(lines)
                }
            }
            if isForMe { send(lines) }
        }
    }

    /// Adopts the new name of the person, and tells the client.
    func senderChanged(to new: Sender, isForced: Bool) {
        guard let old = sender else { return }
        let source = network.people.source(of: old)
        become(new)
        let newNick = network.people.nick(of: new)
        guard newNick != nick else { return }
        _ = network.recordTold(IRCPeople.renameKey(old, new), to: connectionID)
        nick = newNick
        reply(source + "NICK \(newNick)\r\n".utf8)
        if isForced {
            send(
                IRCMessage("NOTICE", [nick, phrases.hasToBeCalled(newNick)], from: server).bytes)
        }
    }

    /// Sends the person away.
    func disconnect(_ reason: Disconnection) {
        let farewell = phrases.farewell(reason)
        bus.assumeIsolated { bus in
            if case .kicked(let words) = reason, let sender,
                network.people.live.leaves[sender.key] == nil
            {
                network.people.live.leaves[sender.key] = .said(words)
            }
            depart(nil, bus)
        }
        end(farewell)
    }
}
