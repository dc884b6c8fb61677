import Chat
import IRC
import MessageBus

// Lists: who is in a channel, who is anywhere, which channels there are.
extension IRCServerClient {
    /// Answers with many lines, unless all clients together have too many unread.
    private func replyList(_ lines: [UInt8]) {
        reply(lines)
        stream.keepUntilTaken(network.lists.part(of: lines.count))
    }

    private func isListAllowed(_ command: String) -> Bool {
        guard network.lists.isSpent else { return true }
        numeric("263", [command, phrases.tooManyRequests])
        return false
    }

    private func line(_ code: String, _ parameters: [String]) -> [UInt8] {
        IRCMessage(code, [nick] + parameters, from: server).bytes
    }

    // MARK: - NAMES

    /// Shows who is in channels.
    func showNames(_ parameters: [String], _ bus: isolated Bus) {
        guard isListAllowed("NAMES") else { return }
        guard let list = parameters.first else {
            return numeric("366", ["*", phrases.endOfNames])
        }
        for channel in list.split(separator: ",").prefix(20) {
            guard let room = network.room(String(channel)) else {
                numeric("366", [String(channel), phrases.endOfNames])
                continue
            }
            showNames(of: room, bus)
        }
    }

    /// Shows who is in a room.
    func showNames(of room: Room, _ bus: isolated Bus) {
        let head = line("353", ["=", "#\(room.name)", ":"]).dropLast(4)
        var lines: [UInt8] = []
        var words: [UInt8] = []
        for person in bus.people(in: room) {
            let word =
                capabilities.contains(.userhostInNames)
                ? Array(network.people.source(of: person.sender).dropFirst().dropLast())
                : Array(network.people.nick(of: person.sender).utf8)
            if head.count + words.count + word.count + 1 > IRCMessage.maxLine - 3 {
                lines += head + ":".utf8 + words + "\r\n".utf8
                words = []
            }
            if !words.isEmpty { words.append(0x20) }
            words += word
        }
        if !words.isEmpty { lines += head + ":".utf8 + words + "\r\n".utf8 }
        lines += line("366", ["#\(room.name)", phrases.endOfNames])
        replyList(lines)
    }

    // MARK: - WHO

    /// Everybody who is here, in whatever room, by their names.
    private func everybody(_ bus: isolated Bus) -> [Person] {
        var known: Set<ObjectIdentifier> = []
        return (network.rooms + [network.lobby]).flatMap { bus.people(in: $0) }.filter {
            known.insert(ObjectIdentifier($0)).inserted
        }
    }

    /// Shows who people are.
    func showWho(_ parameters: [String], _ bus: isolated Bus) {
        guard let mask = parameters.first, !mask.isEmpty else { return needMore("WHO") }
        guard isListAllowed("WHO") else { return }
        let fields = parameters.dropFirst().first.flatMap { WhoFields($0) }
        var lines: [UInt8] = []
        if let room = network.room(mask) {
            for person in bus.people(in: room) {
                lines += who(person, in: "#\(room.name)", fields, bus)
            }
        } else if !mask.contains("*"), !mask.contains("?") {
            if let key = network.people.key(ofNick: mask), let person = bus.person(key) {
                lines += who(person, in: "*", fields, bus)
            }
        } else {
            let glob = Glob(mask.lowercased())
            for person in everybody(bus) {
                let nick = network.people.nick(of: person.sender).lowercased()
                if mask == "*" || glob.matches(nick) {
                    lines += who(person, in: "*", fields, bus)
                }
            }
        }
        lines += line("315", [mask, phrases.endOfWho])
        replyList(lines)
    }

    private func who(
        _ person: Person, in channel: String, _ fields: WhoFields?, _ bus: isolated Bus
    ) -> [UInt8] {
        let sender = person.sender
        let profile = network.people.profile(of: sender.key)
        let source = IRCSource(
            String(
                decoding: network.people.source(of: sender).dropFirst().dropLast(), as: UTF8.self))
        let nick = source.nick
        let (user, host) = (source.user ?? "user", source.host ?? "puente")
        let flags = profile?.away == nil ? "H" : "G"
        let realname = network.people.realname(of: sender)
        guard let fields else {
            return line(
                "352",
                [channel, user, host, network.name, nick, flags, "0 \(realname)"])
        }
        let account = network.people.accountName(of: sender)?.replacing(" ", with: "_") ?? "0"
        var words: [String] = []
        for field in WhoFields.order where fields.letters.contains(field) {
            switch field {
            case "t": words.append(fields.token)
            case "c": words.append(channel)
            case "u": words.append(user)
            case "i": words.append("255.255.255.255")
            case "h": words.append(host)
            case "s": words.append(network.name)
            case "n": words.append(nick)
            case "f": words.append(flags)
            case "d", "l": words.append("0")
            case "a": words.append(account)
            case "o": words.append("n/a")
            default: words.append(realname)
            }
        }
        return line("354", words)
    }

    /// The fields of an answer that a client has asked for (WHOX).
    private struct WhoFields {
        let letters: Set<Character>
        let token: String

        static let order: [Character] = Array("tcuihsnfdlaor")

        /// Reads `%FIELDS,TOKEN`.
        init?(_ text: String) {
            guard text.hasPrefix("%") else { return nil }
            let parts = text.dropFirst().split(
                separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            letters = Set(parts.first ?? "").intersection(Self.order)
            token = parts.count > 1 ? String(parts[1].prefix(3)) : "0"
            if letters.isEmpty { return nil }
        }
    }

    // MARK: - LIST

    /// Shows the channels.
    func showList(_ parameters: [String], _ bus: isolated Bus) {
        guard isListAllowed("LIST") else { return }
        let words = (parameters.first ?? "").split(separator: ",").map { $0.lowercased() }
        var lines = line("321", ["Channel", phrases.listStarts])
        for room in network.rooms
        where words.allSatisfy({ Self.fits(room, $0) }) || names(room, words) {
            lines += line(
                "322",
                ["#\(room.name)", "\(room.population)", network.options.topics[room.name] ?? ""])
        }
        lines += line("323", [phrases.endOfList])
        replyList(lines)
    }

    private func names(_ room: Room, _ words: [String]) -> Bool {
        words.contains("#\(room.name)")
    }

    private static func fits(_ room: Room, _ condition: String) -> Bool {
        if let count = Int(condition.dropFirst()) {
            if condition.hasPrefix(">") { return room.population > count }
            if condition.hasPrefix("<") { return room.population < count }
        }
        return Glob(condition).matches("#\(room.name)")
    }
}
