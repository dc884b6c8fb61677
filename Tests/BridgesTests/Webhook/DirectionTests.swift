import Chat
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import WebhookBridge

/// A bridge with a receiver and a hook, of which its direction uses one or both.
@Suite(.timeLimit(.minutes(10))) struct WebhookDirectionTests {
    private static let options = #"""
        {"url": "http://localhost:9/", "hook": {"path": "x", "listen": "127.0.0.1:0", "text": "x",
         "proof": "none"}}
        """#

    private static func bridge(_ direction: Direction, on test: TestBus) throws -> Webhook {
        var context = test.context()
        context.direction = direction
        return Webhook(try WebhookOptions.decode(options), context)
    }

    @Test(arguments: Direction.allCases)
    func `only what is used is checked`(direction: Direction) async throws {
        let test = try TestBus()
        let findings = try await Self.bridge(direction, on: test).checkConnection()
        let out = ConnectionFinding.untried(
            "http://localhost has an address; asking it would be a message")
        let into = ConnectionFinding.untried("127.0.0.1:0: the system finds a free port")
        switch direction {
        case .both: #expect(findings == [out, into])
        case .in: #expect(findings == [into])
        case .out: #expect(findings == [out])
        }
    }

    @Test(arguments: Direction.allCases)
    func `only a hook that is used listens`(direction: Direction) async throws {
        let test = try TestBus()
        let requests = try await Self.bridge(direction, on: test).listenRequests()
        #expect(requests.count == (direction == .out ? 0 : 1))
    }

    @Test func `the half without effect is told`() {
        #expect(WebhookOptions.problems(Self.options, direction: .both) == [])
        #expect(
            WebhookOptions.problems(Self.options, direction: .in) == [
                #"url: nothing goes out by a bridge whose direction is "in": "url" has no effect"#
            ])
        #expect(
            WebhookOptions.problems(Self.options, direction: .out) == [
                #"hook: nothing comes in by a bridge whose direction is "out": "hook" has no effect"#
            ])
    }

    @Test func `the path of a socket has to be one`() {
        #expect(
            WebhookOptions.problems(Self.options.replacing("127.0.0.1:0", with: "unix:here/")) == [
                "hook.listen: expected the path of a file, found the directory \"here/\""
            ])
    }
}
