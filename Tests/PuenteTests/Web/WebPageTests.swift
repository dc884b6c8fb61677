import Foundation
import Glibc
import Sockets
import TestSupport
import Testing

/// The page of the real daemon, in a browser.
@Suite(.timeLimit(.minutes(10)), .serialized) struct WebPageTests {
    /// The text that is under way when the daemon is killed.
    private static let inFlight = "in flight"
    private static let browser = Result { try Browser() }

    /// A running daemon with a web and a tcp bridge, and their ports.
    private struct Daemon {
        let program: RunningProgram
        let web: UInt16
        let chat: UInt16
    }

    /// Starts the daemon; on the ports that it had before, if there are any.
    private func start(_ folder: TestFolder, web: UInt16 = 0, chat: UInt16 = 0) async throws
        -> Daemon
    {
        try folder.write(
            """
            { "language": "en", "store": { "path": "talk.sqlite" }, "bridges": [
                { "type": "web", "listen": "127.0.0.1:\(web)" },
                { "type": "tcp", "name": "chat", "listen": "127.0.0.1:\(chat)",
                  "greeting": "" } ] }
            """)
        let program = try folder.start()
        var ports: [String: UInt16] = [:]
        var lines: [String] = []
        while ports.count < 2 {
            guard let line = try await program.errors.line() else {
                throw SocketError("start", reason: "\(lines)")
            }
            lines.append(line)
            for bridge in ["web", "chat"] {
                guard let range = line.range(of: "\(bridge): listening on 127.0.0.1:") else {
                    continue
                }
                ports[bridge] = UInt16(line[range.upperBound...])
            }
        }
        return Daemon(program: program, web: ports["web"] ?? 0, chat: ports["chat"] ?? 0)
    }

    /// Opens the page in a browser of its own and enters.
    private func page(_ name: String, _ daemon: Daemon) async throws -> BrowserPage {
        let browser = try Self.browser.get()
        let tab = try await browser.openPage(profile: try await browser.makeProfile())
        try await tab.send("Emulation.setFocusEmulationEnabled", ["enabled": true])
        try await tab.navigate(to: "http://127.0.0.1:\(daemon.web)/")
        try await tab.wait(for: "document.querySelector('#invitation').textContent")
        try await tab.focus("#enter input[name=name]")
        try await tab.type(name)
        try await tab.press("Enter")
        try await tab.wait(for: "document.querySelector('#log[data-complete], #log article')")
        return tab
    }

    private func say(_ text: String, _ tab: BrowserPage) async throws {
        try await tab.focus("#composer")
        try await tab.type(text)
        try await tab.press("Enter")
    }

    /// Waits until a text is shown and confirmed.
    private func wait(for text: String, _ tab: BrowserPage) async throws {
        let texts = "[...document.querySelectorAll('#log article:not(.waiting) .text')]"
        try await tab.wait(
            for: "\(texts).some((each) => each.textContent === \(BrowserPage.quoted(text)))")
    }

    private func texts(_ tab: BrowserPage) async throws -> [String] {
        try await tab.evaluate(
            "[...document.querySelectorAll('#log article .text')].map((each) => each.textContent)"
        ).array.compactMap(\.string)
    }

    private func isOffline(_ tab: BrowserPage) async throws {
        try await tab.wait(
            for: "document.querySelector('#connection').dataset.state !== 'online'")
    }

    @Test func `a killed daemon loses nothing that was written, and says nothing twice`()
        async throws
    {
        let folder = try TestFolder()
        let daemon = try await start(folder)
        let ana = try await page("ana", daemon)
        let bob = try await page("bob", daemon)
        let tom = try ChatClient(port: daemon.chat)
        try tom.send("/nick tom\n")
        try await tom.barrier()
        try await say("from ana", ana)
        try await wait(for: "from ana", bob)
        try await say("from bob", bob)
        try await wait(for: "from bob", ana)
        try tom.send("from tom\n")
        for tab in [ana, bob] { try await wait(for: "from tom", tab) }
        #expect(
            try await tom.barrier().suffix(3) == [
                "ana: from ana", "bob: from bob", "tom: from tom",
            ])
        while !(try await folder.result("history").output.joined().contains("from tom")) {}
        // In the middle of a line: it may be said and not written yet, and is then lost, or not be
        // said yet, and is then said later; but never twice.
        try await say(Self.inFlight, ana)
        daemon.program.signal(SIGKILL)
        #expect(try await daemon.program.exitStatus() == 128 + SIGKILL)
        for tab in [ana, bob] { try await isOffline(tab) }
        try await say("unsent 1", ana)
        try await say("unsent 2", ana)
        try await ana.wait(for: "document.querySelectorAll('#log .waiting').length >= 2")

        let next = try await start(folder, web: daemon.web, chat: daemon.chat)
        for tab in [ana, bob] {
            try await tab.evaluate("window.dispatchEvent(new Event('online'))")
            try await wait(for: "unsent 2", tab)
            try await tab.wait(for: "!document.querySelector('#log .waiting')")
        }
        try await say("again", bob)
        let expected = ["from ana", "from bob", "from tom", "unsent 1", "unsent 2", "again"]
        for tab in [ana, bob] {
            try await wait(for: "again", tab)
            let shown = try await texts(tab)
            #expect(shown.filter { $0 != Self.inFlight } == expected)
            #expect(shown.count <= expected.count + 1)
            // A browser tells of each request that fails, also of that for the service worker.
            let complaints = tab.complaints.filter {
                !$0.contains(/ERR_CONNECTION|ERR_SOCKET_NOT|fetching the script/)
            }
            #expect(complaints == [])
        }
        let eve = try ChatClient(port: next.chat)
        try eve.send("/history 50\n")
        let lines = try await eve.barrier().filter { $0.contains("#") }
        let said = lines.filter { !$0.hasSuffix(Self.inFlight) }
        #expect(said.count == expected.count && lines.count <= said.count + 1)
        for (line, text) in zip(said, expected) { #expect(line.hasSuffix(": \(text)")) }
        next.program.signal(SIGTERM)
        #expect(try await next.program.exitStatus() == 0)
        for tab in [ana, bob] { try await tab.close() }
    }
}
