import Foundation
import TestSupport

/// The chat page in a browser, with a server that lives in the page: `Page/fake-server.js`.
struct ChatPage {
    /// The address that the browser believes in: plain HTTP, as for a phone in the same network.
    private static let origin = "http://chat.test"
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let files = folder.appending(path: "../../Sources/Bridges/Web/Page").standardized
    private static let browser = Result { try Browser() }

    /// The tab that shows it.
    let tab: BrowserPage

    /// Opens the page in a browser that has never seen it.
    ///
    /// - Parameters:
    ///   - messages: how many there are in the room already.
    ///   - prepare: is called before the page is loaded.
    init(
        messages: Int = 0, prepare: (BrowserPage) async throws -> Void = { _ in }
    ) async throws {
        let browser = try Self.browser.get()
        tab = try await browser.openPage(profile: try await browser.makeProfile())
        try await tab.serve(Self.origin) { path in
            if path == "/favicon.ico" { return ServedFile("", type: "image/x-icon") }
            return ServedFile(at: Self.files.appending(path: path == "/" ? "index.html" : path))
        }
        let server = try String(
            contentsOf: Self.folder.appending(path: "Page/fake-server.js"), encoding: .utf8)
        try await tab.send(
            "Page.addScriptToEvaluateOnNewDocument", ["source": .string(server)])
        try await tab.send("Emulation.setFocusEmulationEnabled", ["enabled": true])
        try await tab.resize(width: 1_280, height: 800)
        try await prepare(tab)
        try await tab.navigate(to: "\(Self.origin)/")
        try await tab.wait(for: "document.querySelector('#invitation').textContent")
        if messages > 0 { try await tab.evaluate("server.fill(\(messages))") }
    }

    /// Enters with a name and waits for the room.
    func enter(_ name: String) async throws {
        try await tab.focus("#enter input[name=name]")
        try await tab.type(name)
        try await tab.press("Enter")
        try await tab.wait(for: "document.querySelector('#log[data-complete], #log article')")
    }

    /// Writes a text and presses Enter.
    func say(_ text: String) async throws {
        try await tab.focus("#composer")
        try await tab.type(text)
        try await tab.press("Enter")
    }

    /// Waits until the last text of the log is this one.
    func waitForLast(_ text: String) async throws {
        let last = "[...document.querySelectorAll('#log article:not(.waiting) .text')].at(-1)"
        try await tab.wait(for: "\(last)?.textContent === \(BrowserPage.quoted(text))")
    }

    /// Loads the page again and waits for its log.
    func reload() async throws {
        try await tab.evaluate("window.isOld = true")
        try await tab.send("Page.reload")
        try await tab.wait(for: "!window.isOld && document.querySelector('#log article')")
    }

    /// The texts that the log shows, in order.
    func shown() async throws -> [String] {
        let texts = "[...document.querySelectorAll('#log article .text')]"
        return try await tab.evaluate("\(texts).map((each) => each.textContent)").array
            .compactMap(\.string)
    }

    /// The texts that the server has, in order.
    func said() async throws -> [String] {
        try await tab.evaluate("server.texts()").array.compactMap(\.string)
    }
}
