import Chat
import Foundation
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import IRCServerBridge

/// The two addresses of the bridge: for IRC, and for WebSockets.
@Suite(.timeLimit(.minutes(10))) struct ListeningTests {
    private static let anyPort = Address.network(host: "127.0.0.1", port: 0)

    @Test func `the address for WebSockets is checked, too`() async throws {
        let host = try await IRCHost { $0.websocket = Self.anyPort }
        var options = IRCServer.Options()
        options.listen = Self.anyPort
        options.websocket = .network(host: "127.0.0.1", port: Int(host.webPort))
        let findings = await IRCServer(options, host.test.context()).checkConnection()
        #expect(findings.first == .untried("127.0.0.1:0: the system finds a free port"))
        guard case .taken(let address, _)? = findings.last else {
            Issue.record("\(findings)")
            return
        }
        #expect(address == "127.0.0.1:\(host.webPort)")
        options.websocket = .unix(path: "/nowhere/socket")
        let failure = await IRCServer(options, host.test.context()).checkConnection().last
        guard case .fails(let sentence)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(sentence.hasSuffix(": check \"websocket\""))
        try await host.stop()
    }

    @Test func `all addresses are told before it runs`() async throws {
        let test = try TestBus()
        var options = IRCServer.Options()
        options.listen = .network(host: "127.0.0.1", port: 6_667)
        options.websocket = .unix(path: "/tmp/irc")
        options.mode = FileMode(0o660)
        let requests = try await IRCServer(options, test.context()).listenRequests()
        #expect(requests.map { $0.addresses.map(\.description) }.count == 2)
        #expect(requests.first?.addresses.first?.port == 6_667)
        #expect(requests.last?.addresses == [try SocketAddress.unix(path: "/tmp/irc")])
        #expect(requests.map(\.mode) == [0o660, 0o660])
    }

    @Test func `the mode is that of the socket for WebSockets, too`() async throws {
        let path = URL.temporaryDirectory.appending(path: "irc-\(UUID().uuidString)")
            .path(percentEncoded: false)
        let host = try await IRCHost {
            $0.websocket = .unix(path: path)
            $0.mode = FileMode(0o600)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        try await host.stop()
    }

    /// Returns what is wrong with options.
    private func problems(_ options: (String, String)...) -> [String] {
        let start = TextPosition(line: 1, column: 1)
        let root = ConfigLocation(root: start)
        var problems = Problems()
        let members = options.map { key, text in
            let location = root.member(key, at: start)
            return ConfigValue.Member(
                key: key, keyLocation: location, value: ConfigValue(.string(text), at: location))
        }
        _ = IRCServer.Options.decode(ConfigValue(.object(members), at: root), into: &problems)
        return problems.sorted.map { "\($0.path): \($0.sentence)" }
    }

    @Test func `both addresses are validated`() {
        #expect(problems(("websocket", "unix:irc"), ("mode", "0660")) == [])
        #expect(problems(("listen", "127.0.0.1:0"), ("websocket", "127.0.0.1:0")) == [])
        #expect(
            problems(("websocket", "unix:sockets/")) == [
                "websocket: expected the path of a file, found the directory \"sockets/\""
            ])
        #expect(
            problems(("websocket", "0.0.0.0:6667")) == [
                "websocket: 0.0.0.0:6667 is the address of \"listen\""
            ])
        #expect(
            problems(("websocket", "0.0.0.0:8067"), ("mode", "0660")) == [
                #"mode: "mode" is for unix: addresses only, and "listen" is 0.0.0.0:6667, "#
                    + #""websocket" is 0.0.0.0:8067"#
            ])
    }
}
