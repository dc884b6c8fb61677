import Chat
import IRC
import MessageBus

// Capability negotiation (IRCv3).
extension IRCServerClient {
    /// The capabilities that are offered to this client.
    private var offered: [Capability] {
        Capability.allCases.filter { $0 != .sasl || mayLogIn }
    }

    /// Negotiates capabilities.
    func negotiate(_ parameters: [String], _ bus: isolated Bus) {
        guard let command = parameters.first else { return needMore("CAP") }
        switch command.uppercased() {
        case "LS":
            if !isRegistered { registration.isNegotiating = true }
            if let version = parameters.dropFirst().first.flatMap({ Int($0) }) {
                capabilityVersion = max(capabilityVersion, version)
            }
            if capabilityVersion >= 302 { capabilities.insert(.capNotify) }
            answer("LS", names(offered))
        case "LIST":
            // The version makes cap-notify part of it, whether it was asked for or not.
            answer("LIST", Capability.allCases.filter(capabilities.contains).map(\.rawValue))
        case "REQ":
            if !isRegistered { registration.isNegotiating = true }
            request(parameters.dropFirst().first ?? "", bus)
        case "END":
            registration.isNegotiating = false
            register(bus)
        default: numeric("410", [command, phrases.isNoCapCommand])
        }
    }

    private func names(_ capabilities: [Capability]) -> [String] {
        capabilities.map { capability in
            guard capabilityVersion >= 302, let value = capability.value else {
                return capability.rawValue
            }
            return "\(capability.rawValue)=\(value)"
        }
    }

    private func answer(_ command: String, _ names: [String]) {
        var rest = names[...]
        // Those who know version 302 take several lines.
        while capabilityVersion >= 302, rest.reduce(0, { $0 + $1.utf8.count + 1 }) > 400 {
            var line: [String] = []
            while let next = rest.first, line.reduce(0, { $0 + $1.utf8.count + 1 }) < 360 {
                line.append(next)
                rest.removeFirst()
            }
            reply(
                IRCMessage(
                    "CAP", [nick, command, "*", line.joined(separator: " ")], from: server))
        }
        reply(IRCMessage("CAP", [nick, command, rest.joined(separator: " ")], from: server))
    }

    private func request(_ text: String, _ bus: isolated Bus) {
        var wanted = capabilities
        for word in text.split(separator: " ") {
            let isRemoved = word.hasPrefix("-")
            let name = String(isRemoved ? word.dropFirst() : word)
            guard let capability = Capability(rawValue: name), offered.contains(capability),
                !(isRemoved && capability == .capNotify && capabilityVersion >= 302)
            else {
                return reply(IRCMessage("CAP", [nick, "NAK", text], from: server))
            }
            if isRemoved { wanted.remove(capability) } else { wanted.insert(capability) }
        }
        let before = form
        capabilities = wanted
        reply(IRCMessage("CAP", [nick, "ACK", text], from: server))
        if form != before { readAnew(bus) }
    }

    /// Continues to read the channels in the client's present form.
    private func readAnew(_ bus: isolated Bus) {
        for presence in presences {
            stream.stopReading(presence.room)
            if let form = network.form(form, of: presence.room, bus) { stream.read(form) }
        }
    }
}
