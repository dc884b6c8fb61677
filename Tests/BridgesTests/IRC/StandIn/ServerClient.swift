import Foundation
import IRC
import Sockets

/// A connection of the server for tests.
///
/// Confined to the server's loop.
final class ServerClient: EventHandler {
    private unowned let state: ServerState
    private let loop: EventLoop
    private var connection: Connection?
    private var session: TLSSession?
    private var registration: EventLoop.Registration?
    private let descriptor: Int32
    private var splitter = LineSplitter(longest: 8_192)
    private(set) var capabilities: Set<String> = []
    private(set) var nick = ""
    private var user = ""
    private var isNegotiating = false
    private var isLoggedIn = false
    private(set) var isWelcome = false
    private var taken = 0
    private var batch: (reference: String, opening: IRCMessage, lines: [IRCMessage])?
    private var credentials = ""

    init(_ descriptor: Int32, _ context: TLSContext?, on loop: EventLoop, _ state: ServerState)
        throws
    {
        self.state = state
        self.loop = loop
        self.descriptor = descriptor
        if let context {
            session = try TLSSession(context, TLSTransport(), on: descriptor)
            registration = try loop.add(descriptor, .readable, self)
        } else {
            connection = try Connection(descriptor, on: loop, handler: self)
        }
        // Or each line would wait for the bridge's kernel to confirm the last one.
        connection?.setUpTCP(givingUpAfter: .seconds(60))
    }

    private var source: IRCSource { IRCSource(nick: nick, user: user, host: "bridge.example.org") }

    func handle(_ ready: Readiness) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        if connection == nil, let session {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return close() }
            let progress = buffer[..<count].withUnsafeBytes { session.handshake($0) }
            if case .failed = progress { return close() }
            guard progress == .done, let registration else { return }
            loop.remove(registration)
            self.registration = nil
            connection = try? Connection(descriptor, session: session, on: loop, handler: self)
            if connection?.hasHeldInput != true { return }
        }
        while let connection, !state.isDead {
            switch buffer.withUnsafeMutableBytes({ connection.receive(into: $0) }) {
            case .bytes(let count):
                var lines: [IRCMessage] = []
                buffer.withUnsafeBytes { bytes in
                    splitter.split(UnsafeRawBufferPointer(rebasing: bytes[..<count])) { piece in
                        if case .line(let line, _) = piece {
                            state.record(line: String(decoding: line, as: UTF8.self))
                            if let line = IRCMessage(line) { lines.append(line) }
                        }
                    }
                }
                for line in lines where self.connection != nil { obey(line) }
            case .wouldBlock: return
            case .end, .failed: return close()
            }
        }
        if state.isDead { connection?.wait(for: []) }
    }

    func send(_ line: IRCMessage) {
        guard let connection else { return }
        _ = line.bytes.withUnsafeBytes { connection.send($0) }
    }

    func send(_ line: String) {
        if let line = IRCMessage(line.utf8) { send(line) }
    }

    private func reply(_ numeric: String, _ parameters: [String]) {
        send(
            IRCMessage(
                numeric, [nick.isEmpty ? "*" : nick] + parameters, from: IRCSource("irc.test")))
    }

    func close() {
        if let registration {
            loop.remove(registration)
            Glibc.close(descriptor)
        }
        registration = nil
        connection?.close()
        connection = nil
        state.remove(self)
    }

    // MARK: - Commands

    private func obey(_ line: IRCMessage) {
        switch line.command {
        case "CAP": negotiate(line.parameters)
        case "AUTHENTICATE": authenticate(line.parameters[0])
        case "NICK": take(line.parameters[0])
        case "USER":
            user = line.parameters[0]
            welcome()
        case "PING":
            if !state.ignoresPings {
                send(
                    IRCMessage(
                        "PONG", ["irc.test", line.parameters[0]], from: IRCSource("irc.test")))
            }
        case "JOIN": join(line.parameters[0])
        case "PRIVMSG": say(line)
        case "BATCH": collect(line)
        case "REDACT":
            state.record(redacted: line.parameters[1])
            var echo = line
            echo.source = source
            send(echo)
        case "WHOIS":
            let nick = line.parameters[0]
            if state.bots.contains(nick) { reply("335", [nick, "is an IRC Bot"]) }
            reply("318", [nick, "End of WHOIS"])
        case "QUIT": close()
        default: break
        }
    }

    private func negotiate(_ parameters: [String]) {
        switch parameters[0] {
        case "LS":
            isNegotiating = true
            let half = state.capabilities.count / 2
            // In two lines, as a server with many of them.
            reply("CAP", ["LS", "*", state.capabilities[..<half].joined(separator: " ")])
            reply("CAP", ["LS", state.capabilities[half...].joined(separator: " ")])
        case "REQ":
            let names = parameters[1].split(separator: " ").map(String.init)
            let known = Set(state.capabilities.map { String($0.prefix { $0 != "=" }) })
            if known.isSuperset(of: names) {
                capabilities.formUnion(names)
                reply("CAP", ["ACK", parameters[1]])
            } else {
                reply("CAP", ["NAK", parameters[1]])
            }
        case "END":
            isNegotiating = false
            welcome()
        default: break
        }
    }

    private func authenticate(_ word: String) {
        if word == "PLAIN" {
            credentials = ""
            return send("AUTHENTICATE +")
        }
        if word != "+" { credentials += word }
        if word.utf8.count == 400 { return }
        let plain =
            Data(base64Encoded: credentials).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let words = plain.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        isLoggedIn = words.count == 3 && state.accounts[words[1]] == words[2]
        reply(isLoggedIn ? "903" : "904", [isLoggedIn ? "logged in" : "invalid account"])
    }

    private func take(_ name: String) {
        if state.takenNicks.contains(name) {
            return reply("433", [name, "Nickname is already in use"])
        }
        if isWelcome { send(IRCMessage("NICK", [name], from: source)) }
        nick = name
        welcome()
    }

    private func welcome() {
        guard !isWelcome, !isNegotiating, !nick.isEmpty, !user.isEmpty else { return }
        isWelcome = true
        reply("001", ["Welcome"])
        reply("004", state.version)
        reply("005", state.features + ["are supported"])
        reply("376", ["End of MOTD"])
    }

    private func join(_ channel: String) {
        state.record(join: channel)
        if let refusal = state.joinRefusals[channel] {
            let words = refusal.split(separator: " ", maxSplits: 1).map(String.init)
            return reply(words[0], [channel, words[1]])
        }
        send(IRCMessage("JOIN", [channel], from: source))
        reply("353", ["=", channel, "@ana bob \(nick)"])
        reply("366", [channel, "End"])
    }

    private func collect(_ line: IRCMessage) {
        let reference = String(line.parameters[0].dropFirst())
        if line.parameters[0].hasPrefix("+") {
            batch = (reference, line, [])
        } else if let ended = batch {
            batch = nil
            let text = ended.lines.map { $0.parameters[1] }.joined(separator: "\n")
            accept(ended.opening.parameters[2], text, ended.opening.tags) { tags in
                send(
                    IRCMessage(
                        "BATCH", ["+e", "draft/multiline", ended.opening.parameters[2]],
                        from: source, tags: tags))
                for line in ended.lines {
                    send(
                        IRCMessage(
                            "PRIVMSG", line.parameters, from: source, tags: ["batch": "e"]))
                }
                send(IRCMessage("BATCH", ["-e"], from: source))
            }
        }
    }

    private func say(_ line: IRCMessage) {
        if batch != nil, line.tags["batch"] != nil {
            batch?.lines.append(line)
            return
        }
        accept(line.parameters[0], line.parameters[1], line.tags) { tags in
            send(IRCMessage("PRIVMSG", line.parameters, from: source, tags: tags))
        }
    }

    private func accept(
        _ channel: String, _ text: String, _ tags: IRCTags, echo: (IRCTags) -> Void
    ) {
        let ofWord = state.wordRefusals.first { text.contains($0.key) }?.value
        if let refusal = state.speakRefusals[channel] ?? ofWord {
            let words = refusal.split(separator: " ", maxSplits: 1).map(String.init)
            var answer = IRCMessage(
                words[0], [nick, channel, words[1]], from: IRCSource("irc.test"))
            answer.tags["label"] = tags["label"]
            return send(answer)
        }
        taken += 1
        if let limit = state.killAfter, taken > limit {
            if state.killsForFlood { send("ERROR :Closing link: (Excess Flood)") }
            return close()
        }
        state.record(said: ServerState.Said(channel: channel, text: text, tags: tags))
        guard capabilities.contains("echo-message") else { return }
        var echoed = IRCTags()
        if capabilities.contains("message-tags") {
            echoed["msgid"] = state.nextID()
            echoed["label"] = tags["label"]
        }
        echo(echoed)
    }
}
