import IRC
import MessageBus

/// The registration of a connection: capabilities, account, password, nick, up to the server's
/// welcome.
struct NetworkRegistration: Sendable {
    /// The result of a line.
    enum Outcome: Sendable, Equatable {
        /// The registration goes on.
        case proceed
        /// The server has welcomed the nick.
        case welcome(nick: String)
        /// The server must be reached by TLS, at this port.
        case upgrade(port: UInt16)
        /// The server does not want this client; it may be wanted later.
        case failed(String)
        /// The server rejects the password or the account, or accepts none of the nicks.
        case refused(String)
    }

    private let options: IRCClient.Options
    private let isEncrypted: Bool
    private(set) var nicks: NickChoice
    /// The nick that was asked for last.
    private(set) var nick = ""
    /// The capabilities of the connection.
    private(set) var capabilities = Capabilities()
    /// Names that were asked for and are not answered yet.
    private var asked: [String] = []
    private var isAuthenticating = false
    private var wasAuthenticated = false
    private var hasEnded = false
    /// The lines to send.
    private var output: [IRCMessage] = []

    /// Makes a registration that has not begun.
    init(_ options: IRCClient.Options, isEncrypted: Bool) {
        self.options = options
        self.isEncrypted = isEncrypted
        nicks = NickChoice(options.nick, alternatives: options.alternatives)
    }

    /// Returns the lines to send since the last call.
    mutating func drainOutput() -> [IRCMessage] {
        defer { output = [] }
        return output
    }

    /// Begins.
    mutating func begin() {
        output.append(IRCMessage("CAP", ["LS", "302"]))
        if let password = options.password {
            output.append(IRCMessage("PASS", [password.reveal()]))
        }
        nick = nicks.next() ?? options.nick
        output.append(IRCMessage("NICK", [nick]))
        output.append(
            IRCMessage(
                "USER", [options.user ?? Self.user(options.nick), "0", "*", options.realname]))
    }

    private static func user(_ nick: String) -> String {
        let letters = nick.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return letters.isEmpty ? "puente" : String(letters.lowercased().prefix(10))
    }

    /// Executes a line.
    mutating func receive(_ line: IRCMessage) -> Outcome {
        switch line.command {
        case "CAP": return negotiate(line.parameters)
        case "AUTHENTICATE":
            if isAuthenticating, line.parameters.first == "+", let account = options.sasl {
                output += SASLPlain.messages(account)
            }
            return .proceed
        case "903":
            (isAuthenticating, wasAuthenticated) = (false, true)
            end()
            return .proceed
        case "902", "904", "905", "906", "908":
            // 908 tells the mechanisms, and 904 follows.
            if line.command == "908" { return .proceed }
            return .refused("the network does not accept the account (\(line.reason))")
        case "433", "436", "437", "432", "431": return chooseAnotherNick(line)
        case "464": return .refused("the server does not accept the password (\(line.reason))")
        case "465": return .failed("the server has banned this client (\(line.reason))")
        case "ERROR": return .failed(line.reason)
        case "001":
            if options.sasl != nil, !wasAuthenticated {
                // The services may be away for a while.
                return .failed("the server offers no accounts (SASL PLAIN)")
            }
            return .welcome(nick: line.parameters.first ?? nick)
        default: return .proceed
        }
    }

    private mutating func chooseAnotherNick(_ line: IRCMessage) -> Outcome {
        guard let next = nicks.next() else {
            return .failed("the server takes none of the nicks (\(line.reason))")
        }
        nick = next
        output.append(IRCMessage("NICK", [next]))
        return .proceed
    }

    // MARK: - Capabilities

    private mutating func negotiate(_ parameters: [String]) -> Outcome {
        guard parameters.count >= 2 else { return .proceed }
        let list = parameters.count > 2 ? parameters[parameters.count - 1] : ""
        switch parameters[1].uppercased() {
        case "LS":
            capabilities.offer(list)
            let hasMore = parameters.count > 3 && parameters[2] == "*"
            return hasMore ? .proceed : choose()
        case "ACK":
            capabilities.acknowledge(list)
            recordAnswer(to: list)
        case "NAK":
            // Some of those that were refused together may be granted one by one.
            let names = list.split(separator: " ").map(String.init)
            recordAnswer(to: list)
            if names.count > 1 { for name in names { request([name]) } }
        default: return .proceed
        }
        if asked.isEmpty { authenticateOrEnd() }
        return .proceed
    }

    private mutating func recordAnswer(to list: String) {
        for word in list.split(separator: " ") {
            let name = word.hasPrefix("-") ? String(word.dropFirst()) : String(word)
            if let index = asked.firstIndex(of: name) { asked.remove(at: index) }
        }
    }

    private mutating func choose() -> Outcome {
        if !isEncrypted, let sts = capabilities.offered["sts"],
            let port = STSPolicy.number("port", in: sts).flatMap({ UInt16(exactly: $0) }), port > 0
        {
            return .upgrade(port: port)
        }
        var names = capabilities.names(with: options.sasl == nil ? [] : ["sasl"])
        if names.isEmpty { end() }
        while !names.isEmpty {
            request(Array(names.prefix(12)))
            names.removeFirst(min(12, names.count))
        }
        return .proceed
    }

    private mutating func request(_ names: [String]) {
        asked += names
        output.append(IRCMessage("CAP", ["REQ", names.joined(separator: " ")]))
    }

    private mutating func authenticateOrEnd() {
        guard !hasEnded, !isAuthenticating else { return }
        if options.sasl != nil, capabilities.has("sasl"), !wasAuthenticated {
            isAuthenticating = true
            output.append(IRCMessage("AUTHENTICATE", ["PLAIN"]))
        } else {
            end()
        }
    }

    private mutating func end() {
        guard !hasEnded else { return }
        hasEnded = true
        output.append(IRCMessage("CAP", ["END"]))
    }

    /// Follows a change of the capabilities after the welcome (`cap-notify`).
    mutating func recordChange(_ line: IRCMessage) {
        guard line.parameters.count >= 3 else { return }
        let list = line.parameters[line.parameters.count - 1]
        switch line.parameters[1].uppercased() {
        case "NEW":
            capabilities.offer(list)
            let names = capabilities.names()
            if !names.isEmpty { request(names) }
        case "DEL": capabilities.withdraw(list)
        case "ACK": capabilities.acknowledge(list)
        default: break
        }
    }

    /// Gives a capability up for the rest of the connection, because it does not work.
    mutating func giveUp(_ name: String) { capabilities.withdraw(name) }
}
