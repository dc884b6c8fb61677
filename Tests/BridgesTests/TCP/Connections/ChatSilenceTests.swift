import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Text without line endings that might be the beginning of another protocol: pieces that
/// silence separates are never put together.
@Suite(.timeLimit(.minutes(10))) struct ChatSilenceTests {
    private static let silence = Duration.milliseconds(200)

    private static let phrases = [
        "HOLA", "ANA", "G", "GE", "GET", "get", "Pos", "Hola ", "HOLA ", "GET ", "Post ", "k", "ñ",
        "MAIL", "SS", "HTTP", "Con", "BUENAS TARDES",
    ]

    @Test(arguments: phrases)
    func `a word is not put together with what comes after a silence`(word: String) async throws {
        for rest in ["ana: que tal", "ana se ha unido al chat.", "/nick ana"] {
            let host = try await ChatHost()
            let reader = try await host.client()
            let ana = try ChatClient(port: host.ports[0])
            for text in [word, rest] { try await say(text, ana, host) }
            var expected = ["ana se ha unido al chat."]
            if rest.hasSuffix("tal") { expected.append("ana: que tal") }
            try await wait(host)
            #expect(try await reader.lines(expected.count) == expected, "\(word) \(rest)")
            try await host.stop()
        }
    }

    @Test(arguments: phrases)
    func `a word is not put together with a line that has an LF`(word: String) async throws {
        // A key waits for its LF.
        if word.count == 1 { return }
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try await say(word, ana, host)
        try await say("ana: que tal\n", ana, host)
        #expect(try await reader.lines(2) == ["ana se ha unido al chat.", "ana: que tal"])
    }

    @Test(arguments: [
        ["ANA", "hola"], ["Ana ", "hola"], ["GE", "hola"], ["A", "hola"], ["Hola ", "/x"],
        ["PO", "S"], ["Post ", "*hola*"], ["CON", "NE"],
    ])
    func `the first line is the name and the second one is said`(lines: [String]) async throws {
        let host = try await ChatHost { $0.options.nameless = .name }
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        for text in lines { try await say(text, ana, host) }
        try await wait(host)
        let name = lines[0].trimmingSuffix
        #expect(try await reader.line() == "\(name) se ha unido al chat.")
        if !lines[1].hasPrefix("/") {
            #expect(try await reader.line() == "\(name): \(lines[1])")
        }
    }

    @Test(arguments: [["ANA", "hola"], ["GE", "hola"], ["k", "hola"], ["Post ", "bob:7"]])
    func `a guest's lines are as many as were sent`(lines: [String]) async throws {
        let host = try await ChatHost { $0.options.nameless = .guest }
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        for text in lines { try await say(text, ana, host) }
        try await wait(host)
        let name = "invitado-1"
        #expect(
            try await reader.lines(3)
                == ["\(name) se ha unido al chat."]
                + lines.map { "\(name): \($0)" })
    }

    @Test func `a request in two pieces is one wherever it is split`() async throws {
        let request = "GET / HTTP/1.1"
        for index in 1..<request.count {
            for ending in ["", "\r\nHost: localhost\r\nCookie: a=b\r\n\r\n"] {
                let host = try await ChatHost()
                let reader = try await host.client()
                let browser = try ChatClient(port: host.ports[0])
                try await say(String(request.prefix(index)), browser, host)
                // `GET /` alone is a complete request.
                if index < 5 {
                    try await say(String(request.dropFirst(index)) + ending, browser, host)
                }
                #expect(try await browser.line() == "HTTP/1.1 400 Bad Request\r", "\(index)")
                #expect(try await reader.barrier() == [])
                try await host.stop()
            }
        }
    }

    /// Sends, and is silent for a while that is too short to end a possible request.
    private func say(_ text: String, _ client: ChatClient, _ host: ChatHost) async throws {
        try client.send(text)
        try await arrived(host)
        host.test.advance(by: Self.silence * 3)
        try await arrived(host)
    }

    /// Lets a long silence pass.
    private func wait(_ host: ChatHost) async throws {
        host.test.advance(by: Self.silence)
        try await arrived(host)
        host.test.advance(by: Self.silence * 10)
        try await arrived(host)
    }

    /// Returns when the server has read what was sent before: the loop takes its events in the
    /// order in which they come, and a connection is one.
    private func arrived(_ host: ChatHost) async throws { _ = try await host.client() }
}

extension String {
    fileprivate var trimmingSuffix: String { last == " " ? String(dropLast()) : self }
}
