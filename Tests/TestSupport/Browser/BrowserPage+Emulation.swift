import Foundation

extension BrowserPage {
    /// Gives the page a window of this many CSS pixels; `isPhone` adds touch, and takes the mouse.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func resize(
        width: Int, height: Int, scale: Double = 1, isPhone: Bool = false
    ) async throws {
        try await send(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(width)), "height": .number(Double(height)),
                "deviceScaleFactor": .number(scale), "mobile": .bool(isPhone),
            ])
        try await send("Emulation.setTouchEmulationEnabled", ["enabled": .bool(isPhone)])
    }

    /// Sets media features, such as `prefers-color-scheme` to `dark`.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func emulate(_ features: [String: String]) async throws {
        let entries = features.map { name, value in
            DevToolsValue.object(["name": .string(name), "value": .string(value)])
        }
        try await send("Emulation.setEmulatedMedia", ["features": .array(entries)])
    }

    /// Sets the languages that the page's reader prefers: `es-ES,es`.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func setLanguages(_ languages: String) async throws {
        let agent = try await evaluate("navigator.userAgent")
        try await send(
            "Emulation.setUserAgentOverride",
            ["userAgent": agent, "acceptLanguage": .string(languages)])
    }

    /// Makes the network slow, or takes it away; without arguments it is as it was.
    ///
    /// WebSockets that are open already are not slowed.
    ///
    /// - Parameters:
    ///   - latency: milliseconds.
    ///   - bytesPerSecond: in either direction; nil: as many as there are.
    /// - Throws: `BrowserError` if the browser refuses.
    package func throttle(
        isOffline: Bool = false, latency: Double = 0, bytesPerSecond: Double? = nil
    ) async throws {
        let rate = DevToolsValue.number(bytesPerSecond ?? -1)
        try await send(
            "Network.emulateNetworkConditions",
            [
                "offline": .bool(isOffline), "latency": .number(latency),
                "downloadThroughput": rate, "uploadThroughput": rate,
            ])
    }

    /// Takes a picture of what is visible, as PNG.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func takePicture() async throws -> Data {
        let result = try await send("Page.captureScreenshot", ["format": "png"])
        guard let text = result["data"].string, let picture = Data(base64Encoded: text) else {
            throw BrowserError("no picture was taken")
        }
        return picture
    }
}
