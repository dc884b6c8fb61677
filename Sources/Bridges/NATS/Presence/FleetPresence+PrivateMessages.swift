import Chat
import Locking
import MessageBus
import TimeUnits

// Private messages to people of other instances, and from them.
extension FleetPresence {
    /// Passes private messages on until the bus ends.
    func passPrivateMessages() async {
        guard isShared else { return }
        for await message in fleet.port.privateMessages {
            guard let receiver = message.other?.name else { continue }
            guard let (store, person) = person(shown: receiver) else {
                await tellLoss(of: receiver, to: message.sender.name, .unknown)
                continue
            }
            guard isConnected() else {
                await tellLoss(of: receiver, to: message.sender.name, .disconnected)
                continue
            }
            let id = state.withLock {
                $0.privateMessages.insert(
                    to: store, from: message.sender.name, for: receiver,
                    now: fleet.clock.monotonic())
            }
            let (name, bridge) = FleetNames.parts(of: message.sender.name)
            let there =
                person.bridge.isEmpty ? person.name : "\(person.name) (\(person.bridge))"
            channel.send(
                .whisper(
                    .init(
                        id: id, name: name, bridge: bridge, receiver: there, text: message.text,
                        isAutomatic: message.isAutomatic)), to: store)
        }
    }

    private func person(shown: String) -> (store: String, FleetPerson)? {
        for (store, peer) in peers {
            for person in peer.people.keys where self.shown(person, of: peer) == shown {
                return (store, person)
            }
        }
        return nil
    }

    /// Delivers a private message, and tells its instance whether that was possible.
    func receive(_ whisper: LiveMessage.Whisper, from store: String, _ peer: FleetPeer) async {
        let name = fleet.names.shown(whisper.name, bridge: whisper.bridge, instance: peer.name)
        var code = "pass"
        do {
            let receipt = try await fleet.port.whisper(
                whisper.text, from: name, to: whisper.receiver, isAutomatic: whisper.isAutomatic)
            if case .drop(_, let reason, _) = receipt.verdict { code = reason }
        } catch {
            code = "unknown-user"
        }
        if let id = whisper.id { channel.send(.receipt(.init(id: id, code: code)), to: store) }
    }

    /// Tells the sender of a private message if it was not delivered.
    func receive(_ receipt: LiveMessage.Receipt, from store: String) async {
        guard let entry = state.withLock({ $0.privateMessages.remove(receipt.id, of: store) }),
            receipt.code != "pass"
        else { return }
        await tellLoss(of: entry.receiver, to: entry.sender, .init(code: receipt.code))
    }

    /// Tells the senders about messages that the other instance has not answered.
    func tellLatePrivateMessages() async {
        let late = state.withLock { $0.privateMessages.removeLate(at: fleet.clock.monotonic()) }
        for entry in late { await tellLoss(of: entry.receiver, to: entry.sender, .unanswered) }
    }

    private func tellLoss(of receiver: String, to sender: String, _ loss: PrivateMessageFailure)
        async
    {
        _ = try? await fleet.port.whisper(
            fleet.phrases.lostPrivateMessage(to: receiver, loss), from: fleet.phrases.server,
            to: sender, isAutomatic: true)
    }
}
