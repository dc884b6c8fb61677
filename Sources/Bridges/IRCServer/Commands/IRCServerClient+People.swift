import Chat
import IRC
import MessageBus
import Sockets

// Other people: who they are, and whether they are here.
extension IRCServerClient {
    /// Nicks that a client may watch.
    static let maxWatched = 100

    /// Shows who somebody is.
    func showWhois(_ parameters: [String], _ bus: isolated Bus) {
        // A server may be named first; there is one.
        guard let wanted = parameters.count > 1 ? parameters[1] : parameters.first,
            !wanted.isEmpty
        else { return numeric("431", [phrases.noNickGiven]) }
        guard let key = network.people.key(ofNick: wanted), let person = bus.person(key) else {
            if let entry = network.people.absent(withNick: wanted), entry.isRelayed {
                numeric("311", description(of: entry))
                numeric("312", [entry.nick, network.name, phrases.isOnBridge(entry.bridge)])
            } else {
                numeric("401", [wanted, phrases.noSuchNick])
            }
            return numeric("318", [wanted, phrases.endOfWhois])
        }
        let sender = person.sender
        let source = IRCSource(
            String(
                decoding: network.people.source(of: sender).dropFirst().dropLast(), as: UTF8.self))
        let nick = source.nick
        numeric(
            "311",
            [
                nick, source.user ?? "user", source.host ?? "puente", "*",
                network.people.realname(of: sender),
            ])
        let channels = network.rooms.filter { person.isIn($0) }.map { "#\($0.name)" }
        if !channels.isEmpty { numeric("319", [nick, channels.joined(separator: " ")]) }
        numeric("312", [nick, network.name, phrases.isOnBridge(sender.bridge)])
        if let away = network.people.profile(of: key)?.away { numeric("301", [nick, away]) }
        if let account = network.people.accountName(of: sender) {
            numeric("330", [nick, account.replacing(" ", with: "_"), phrases.isLoggedInAs])
        }
        let clients = network.clients(of: key)
        if !clients.isEmpty, clients.allSatisfy(\.isEncrypted) {
            numeric("671", [nick, phrases.isEncryptedForIRC])
        }
        numeric("318", [nick, phrases.endOfWhois])
    }

    /// Shows who somebody was.
    func showWhowas(_ parameters: [String]) {
        guard let wanted = parameters.first, !wanted.isEmpty else {
            return numeric("431", [phrases.noNickGiven])
        }
        if let entry = network.people.absent(withNick: wanted) {
            numeric("314", description(of: entry))
            numeric("312", [entry.nick, network.name, phrases.isOnBridge(entry.bridge)])
        } else {
            numeric("406", [wanted, phrases.wasNoSuchNick])
        }
        numeric("369", [wanted, phrases.endOfWhowas])
    }

    /// Returns nick, user, host and name of somebody who is not here.
    private func description(of entry: IRCPeople.Entry) -> [String] {
        let source = IRCSource(
            String(decoding: entry.source.dropFirst().dropLast(), as: UTF8.self))
        return [entry.nick, source.user ?? "user", source.host ?? "puente", "*", entry.realname]
    }

    /// True if the connection is encrypted by TLS.
    private var isEncrypted: Bool { wire.connection.isEncrypted }

    /// Shows the user and host of nicks.
    func showUserhost(_ parameters: [String], _ bus: isolated Bus) {
        let words = parameters.prefix(5).compactMap { wanted -> String? in
            guard let key = network.people.key(ofNick: wanted), let person = bus.person(key) else {
                return nil
            }
            let source = IRCSource(
                String(
                    decoding: network.people.source(of: person.sender).dropFirst().dropLast(),
                    as: UTF8.self))
            let sign = network.people.profile(of: key)?.away == nil ? "+" : "-"
            return "\(source.nick)=\(sign)\(source.user ?? "user")@\(source.host ?? "puente")"
        }
        numeric("302", [words.joined(separator: " ")])
    }

    /// Shows which of some nicks are here.
    func showIson(_ parameters: [String], _ bus: isolated Bus) {
        let nicks = parameters.flatMap { $0.split(separator: " ") }.prefix(30).map(String.init)
        let here = nicks.filter { wanted in
            network.people.key(ofNick: wanted).map { bus.person($0) != nil } ?? false
        }
        numeric("303", [here.joined(separator: " ")])
    }

    // MARK: - Being away

    /// Goes away, or comes back.
    func changeAway(_ parameters: [String], _ bus: isolated Bus) {
        guard let profile else { return }
        let text = parameters.first ?? ""
        if text.isEmpty {
            let wasAway = profile.away != nil
            profile.away = nil
            numeric("305", [phrases.isBack])
            if wasAway { tellOthers(.awayNotify, "AWAY") }
            return
        }
        let away = judged(text, bus).flatMap { $0.isEmpty ? nil : $0 } ?? phrases.isAway
        profile.away = away
        numeric("306", [phrases.isMarkedAway])
        tellOthers(.awayNotify, "AWAY :\(away)")
    }

    /// Changes what the client says of itself.
    func changeRealname(_ parameters: [String], _ bus: isolated Bus) {
        guard let text = parameters.first, !text.isEmpty, let profile else {
            return needMore("SETNAME")
        }
        guard text.utf8.count <= 150, let realname = judged(text, bus), !realname.isEmpty else {
            return fail("SETNAME", "INVALID_REALNAME", [], phrases.isNoRealname)
        }
        profile.realname = realname
        let line = "SETNAME :\(realname)"
        if capabilities.contains(.setName) { reply(source + "\(line)\r\n".utf8) }
        tellOthers(.setName, line)
    }

    // MARK: - MONITOR

    /// Watches nicks.
    func monitor(_ parameters: [String], _ bus: isolated Bus) {
        let nicks = (parameters.dropFirst().first ?? "").split(separator: ",").map(String.init)
        switch parameters.first?.uppercased() {
        case "+": watch(nicks, bus)
        case "-":
            for nick in nicks {
                guard let key = IRCPeople.fold(nick), watched[key] != nil else { continue }
                watched[key] = nil
                network.stopWatching(key, self)
            }
        case "C":
            for key in watched.keys { network.stopWatching(key, self) }
            watched = [:]
        case "L":
            for chunk in chunks(watched.values.sorted()) { numeric("732", [chunk]) }
            numeric("733", [phrases.endOfList])
        case "S": tellWatched(watched.keys.sorted(), bus)
        default: needMore("MONITOR")
        }
    }

    private func watch(_ nicks: [String], _ bus: isolated Bus) {
        var added: [String] = []
        for (index, nick) in nicks.enumerated() {
            guard nick.utf8.count <= 80, !nick.contains("*"), !nick.contains("!"),
                let key = IRCPeople.fold(nick)
            else {
                numeric("731", [Self.cleaned(nick, bytes: 80)])
                continue
            }
            if watched[key] == nil {
                if watched.count >= Self.maxWatched {
                    let rest = nicks[index...].joined(separator: ",")
                    numeric("734", ["\(Self.maxWatched)", rest, phrases.listIsFull])
                    break
                }
                watched[key] = nick
                network.startWatching(key, self, bus)
            }
            added.append(key)
        }
        tellWatched(added, bus)
    }

    private func tellWatched(_ keys: [String], _ bus: isolated Bus) {
        var (here, gone): ([String], [String]) = ([], [])
        for key in keys {
            if let shown = network.shown(nickKey: key, bus) {
                here.append(shown)
            } else {
                gone.append(watched[key] ?? key)
            }
        }
        for chunk in chunks(here) { numeric("730", [chunk]) }
        for chunk in chunks(gone) { numeric("731", [chunk]) }
    }

    private func chunks(_ words: [String]) -> [String] {
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.utf8.count + word.utf8.count < 400 {
                lines[lines.count - 1] = "\(last),\(word)"
            } else {
                lines.append(word)
            }
        }
        return lines
    }
}
