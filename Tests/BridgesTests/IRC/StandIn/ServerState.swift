import Glibc
import IRC
import Sockets

/// The behaviour of the server for tests, and the lines that it was told.
///
/// Confined to the server's loop.
final class ServerState: @unchecked Sendable {
    /// Something that was said to a channel.
    struct Said: Sendable {
        let channel: String
        let text: String
        let tags: IRCTags
    }

    // MARK: What it does

    /// Capabilities that it offers, with their values.
    var capabilities: [String] = []
    /// Tokens of its 005.
    var features = ["CASEMAPPING=ascii", "NICKLEN=20"]
    /// The name of the server, its version and its modes of users (004).
    var version = ["irc.test", "test-1", "iw"]
    /// Nicks that WHOIS tells to be bots.
    var bots: Set<String> = []
    /// Passwords of accounts.
    var accounts: [String: String] = [:]
    var takenNicks: Set<String> = []
    /// Numerics and reasons with which JOIN is answered, by channel.
    var joinRefusals: [String: String] = [:]
    /// Numerics and reasons with which PRIVMSG is answered, by channel.
    var speakRefusals: [String: String] = [:]
    /// Numerics and reasons with which PRIVMSG is answered, by a word of the text.
    var wordRefusals: [String: String] = [:]
    /// True if it answers nothing, and takes nothing in.
    var isDead = false
    /// True if it answers no PING.
    var ignoresPings = false
    /// The lines of a connection after which it is ended: what is over it takes in no more.
    var killAfter: Int?
    /// True if ending tells of a flood.
    var killsForFlood = false

    // MARK: What it was told

    private(set) var said: [Said] = []
    private(set) var lines: [String] = []
    private(set) var joins: [String] = []
    private(set) var redacted: [String] = []
    /// Connections so far.
    private(set) var connections = 0

    private let loop: EventLoop
    private let context: TLSContext?
    private var listener: Listener?
    private(set) var clients: [ServerClient] = []
    private var lastID = 0

    init(on loop: EventLoop, _ context: TLSContext?) throws {
        self.loop = loop
        self.context = context
        let address = try SocketAddress.resolve(host: "127.0.0.1", port: 0)[0]
        listener = try Listener(address, on: loop, onFailure: { _ in }) { [weak self] in
            self?.accept($0, $1)
        }
    }

    var port: UInt16 { listener?.address.port ?? 0 }

    private func accept(_ descriptor: Int32, _ peer: SocketAddress) {
        connections += 1
        guard let client = try? ServerClient(descriptor, context, on: loop, self) else { return }
        clients.append(client)
    }

    func remove(_ client: ServerClient) { clients.removeAll { $0 === client } }

    /// Ends all connections.
    func drop(_ reason: String? = nil) {
        for client in clients {
            if let reason { client.send("ERROR :Closing link: (\(reason))") }
            client.close()
        }
    }

    func close() {
        drop()
        listener?.close()
    }

    /// Sends a line to all clients that are welcome, without the tags that they don't know.
    func emit(_ line: String) {
        for client in clients where client.isWelcome {
            guard var line = IRCMessage(line.utf8) else { continue }
            if !client.capabilities.contains("message-tags") { line.tags = IRCTags() }
            client.send(line)
        }
    }

    func nextID() -> String {
        lastID += 1
        return "id\(lastID)"
    }

    func record(line: String) { lines.append(line) }
    func record(join channel: String) { joins.append(channel) }
    func record(said: Said) { self.said.append(said) }
    func record(redacted id: String) { redacted.append(id) }
}
