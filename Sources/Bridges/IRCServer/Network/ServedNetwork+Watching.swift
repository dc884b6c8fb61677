import IRC
import MessageBus

// Nicks that clients watch (MONITOR).
extension ServedNetwork {
    /// Registers a client that is told when a nick comes and goes.
    func startWatching(_ nickKey: String, _ client: IRCServerClient, _ bus: isolated Bus) {
        watchers[nickKey, default: []].append(client)
        if watchState[nickKey] == nil { watchState[nickKey] = shown(nickKey: nickKey, bus) != nil }
    }

    /// Removes a client that was told when a nick comes and goes.
    func stopWatching(_ nickKey: String, _ client: IRCServerClient) {
        watchers[nickKey]?.removeAll { $0 === client }
        if watchers[nickKey]?.isEmpty == true {
            watchers[nickKey] = nil
            watchState[nickKey] = nil
        }
    }

    /// Returns `nick!user@host` of somebody who is here; `nil` if nobody has the nick.
    func shown(nickKey: String, _ bus: isolated Bus) -> String? {
        guard let key = people.key(ofNick: nickKey), let person = bus.person(key) else {
            return nil
        }
        return String(
            decoding: people.source(of: person.sender).dropFirst().dropLast(), as: UTF8.self)
    }

    /// Tells those who watch somebody that they are here, or gone.
    func tellWatchers(of key: String, _ bus: isolated Bus) {
        let nick = people.lastNick(of: key)
        let nickKey = nick.flatMap(IRCPeople.fold) ?? key
        guard let watching = watchers[nickKey] else { return }
        let here = shown(nickKey: nickKey, bus)
        guard watchState[nickKey] != (here != nil) else { return }
        watchState[nickKey] = here != nil
        for client in watching {
            let shown = here ?? nick ?? client.watched[nickKey] ?? nickKey
            client.send(
                IRCMessage(
                    here == nil ? "731" : "730", [client.nick, shown], from: client.server
                ).bytes)
        }
    }
}
