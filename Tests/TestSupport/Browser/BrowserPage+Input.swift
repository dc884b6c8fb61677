extension BrowserPage {
    /// Keys that are held down while another is pressed.
    package struct Modifiers: OptionSet, Sendable {
        package let rawValue: Int

        package static let alt = Modifiers(rawValue: 1)
        package static let control = Modifiers(rawValue: 2)
        package static let shift = Modifiers(rawValue: 8)

        package init(rawValue: Int) { self.rawValue = rawValue }
    }

    /// Codes of the keys that type nothing; letters have that of their capital.
    private static let codes = [
        "Enter": 13, "Tab": 9, "Escape": 27, "Backspace": 8, "Delete": 46, "Home": 36, "End": 35,
        "PageUp": 33, "PageDown": 34, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
        "ArrowDown": 40,
    ]

    /// Presses a key and lets it go: `Enter`, `ArrowUp`, or a letter.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func press(_ key: String, _ modifiers: Modifiers = []) async throws {
        let code = Self.codes[key] ?? key.uppercased().utf8.first.map { Int($0) } ?? 0
        var event: [String: DevToolsValue] = [
            "key": .string(key), "code": .string(key),
            "modifiers": .number(Double(modifiers.rawValue)),
            "windowsVirtualKeyCode": .number(Double(code)),
        ]
        event["type"] = "keyDown"
        if key == "Enter" { event["text"] = "\r" }
        if key.count == 1 { event["text"] = .string(key) }
        try await send("Input.dispatchKeyEvent", .object(event))
        event["type"] = "keyUp"
        event["text"] = nil
        try await send("Input.dispatchKeyEvent", .object(event))
    }

    /// Types a text where the focus is, at once, as pasting would.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func type(_ text: String) async throws {
        try await send("Input.insertText", ["text": .string(text)])
    }

    /// Shows a text of an input method that is not decided yet; `type` decides it.
    ///
    /// - Throws: `BrowserError` if the browser refuses.
    package func compose(_ text: String) async throws {
        let end = DevToolsValue.number(Double(text.utf16.count))
        try await send(
            "Input.imeSetComposition",
            ["text": .string(text), "selectionStart": end, "selectionEnd": end])
    }

    /// Clicks on what a selector finds.
    ///
    /// - Throws: `BrowserError` if it finds nothing.
    package func click(_ selector: String) async throws {
        try await evaluate("document.querySelector(\(Self.quoted(selector))).click()")
    }

    /// Puts the focus on what a selector finds.
    ///
    /// - Throws: `BrowserError` if it finds nothing.
    package func focus(_ selector: String) async throws {
        try await evaluate("document.querySelector(\(Self.quoted(selector))).focus()")
    }

    /// A text as a literal of JavaScript.
    package static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped.replacing("\n", with: "\\n"))\""
    }
}
