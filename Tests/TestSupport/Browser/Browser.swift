import Glibc

/// A headless Chromium, driven over the DevTools protocol.
///
/// Safe from any thread. It ends when the last of its pages is released too.
package final class Browser: Sendable {
    private let devTools: DevTools

    /// Starts a browser with an empty profile.
    ///
    /// - Throws: `BrowserError` if there is no Chromium.
    package init() throws {
        // A browser that died must not take the tests with it.
        signal(SIGPIPE, SIG_IGN)
        devTools = try DevTools()
    }

    /// Makes another profile, as a second browser would have: its pages share nothing with others.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func makeProfile() async throws -> String {
        let result = try await devTools.send("Target.createBrowserContext")
        guard let profile = result["browserContextId"].string else {
            throw BrowserError("no profile was made")
        }
        return profile
    }

    /// Opens an empty page: a tab of a profile, by default of the first.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func openPage(profile: String? = nil) async throws -> BrowserPage {
        var target: [String: DevToolsValue] = ["url": "about:blank"]
        if let profile { target["browserContextId"] = .string(profile) }
        let made = try await devTools.send("Target.createTarget", .object(target))
        let attached = try await devTools.send(
            "Target.attachToTarget", ["targetId": made["targetId"], "flatten": true])
        guard let session = attached["sessionId"].string, let id = made["targetId"].string else {
            throw BrowserError("no page was opened")
        }
        let page = BrowserPage(devTools, session: session, target: id)
        for domain in ["Page", "Runtime", "Log", "Network"] {
            try await page.send("\(domain).enable")
        }
        return page
    }
}
