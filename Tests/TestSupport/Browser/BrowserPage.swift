import Locking

/// A tab of a browser.
///
/// Safe from any thread. Errors of the page are collected in `complaints`.
package final class BrowserPage: Sendable {
    private struct State {
        var complaints: [String] = []
        var file: (@Sendable (String) -> ServedFile?)?
    }

    let devTools: DevTools
    let session: String
    private let target: String
    private let state = Locked(State())

    init(_ devTools: DevTools, session: String, target: String) {
        self.devTools = devTools
        self.session = session
        self.target = target
        devTools.listen(to: session) { [weak self] method, parameters in
            self?.receive(method, parameters)
        }
    }

    /// Exceptions nobody caught, and errors and warnings of the console, in order.
    package var complaints: [String] { state.withLock { $0.complaints } }

    /// Sends a command of the protocol to this page.
    ///
    /// - Throws: `BrowserError` with the browser's own words if it refuses.
    @discardableResult package func send(
        _ method: String, _ parameters: DevToolsValue = [:]
    ) async throws -> DevToolsValue {
        try await devTools.send(method, parameters, session: session)
    }

    /// Goes to an address; returns when the document has been taken up, not when it has loaded.
    ///
    /// - Throws: `BrowserError` if there is nothing at that address.
    package func navigate(to address: String) async throws {
        let result = try await send("Page.navigate", ["url": .string(address)])
        if let problem = result["errorText"].string {
            throw BrowserError("\(address): \(problem)")
        }
    }

    /// Evaluates an expression in the page, waits for it if it is a promise, and returns its value.
    ///
    /// - Throws: `BrowserError` with what the page threw.
    @discardableResult package func evaluate(_ expression: String) async throws -> DevToolsValue {
        let result = try await send(
            "Runtime.evaluate",
            [
                "expression": .string(expression), "awaitPromise": true, "returnByValue": true,
                "userGesture": true,
            ])
        let exception = result["exceptionDetails"]
        if exception != .null {
            let text = exception["exception"]["description"].string ?? exception["text"].string
            throw BrowserError("\(text ?? "it threw") in \(expression)")
        }
        return result["result"]["value"]
    }

    /// Waits within the page until an expression is true there.
    ///
    /// - Throws: `BrowserError` that names the expression when patience is over.
    package func wait(for expression: String) async throws {
        let script = """
            new Promise((resolve) => {
                const end = performance.now() + \(Patience.milliseconds);
                const look = () => {
                    let isTrue = false;
                    try { isTrue = Boolean(\(expression)); } catch {}
                    if (isTrue || performance.now() > end) resolve(isTrue);
                    else setTimeout(look, 10);
                };
                look();
            })
            """
        // A page that goes elsewhere meanwhile forgets the promise: it is asked again there.
        while true {
            do {
                if try await evaluate(script) == true { return }
                throw BrowserError("never true: \(expression)")
            } catch let error where error is BrowserError {
                let text = "\(error)"
                if text.contains("navigat") || text.contains("destroyed") { continue }
                throw error
            }
        }
    }

    /// Serves files to the page from the test itself, for all addresses that begin with `origin`.
    ///
    /// - Parameter file: the file at a path such as `/view/log.js`, or nil for a 404.
    /// - Throws: `BrowserError` if the browser refuses.
    package func serve(
        _ origin: String, _ file: @escaping @Sendable (_ path: String) -> ServedFile?
    ) async throws {
        state.withLock { $0.file = file }
        try await send("Fetch.enable", ["patterns": [["urlPattern": "\(origin)/*"]]])
    }

    /// Closes the tab, as who clicks on its cross.
    ///
    /// - Throws: `BrowserError` if it is closed already.
    package func close() async throws {
        try await devTools.send("Target.closeTarget", ["targetId": .string(target)])
    }

    private func receive(_ method: String, _ parameters: DevToolsValue) {
        switch method {
        case "Runtime.exceptionThrown":
            let details = parameters["exceptionDetails"]
            complain(details["exception"]["description"].string ?? details["text"].string)
        case "Runtime.consoleAPICalled":
            guard ["error", "warning", "assert"].contains(parameters["type"].string) else { return }
            let values = parameters["args"].array
            complain(values.compactMap { $0["value"].string ?? $0["description"].string }.first)
        case "Log.entryAdded":
            guard ["error", "warning"].contains(parameters["entry"]["level"].string) else { return }
            complain(parameters["entry"]["text"].string)
        case "Fetch.requestPaused":
            answer(parameters)
        default:
            return
        }
    }

    private func complain(_ text: String?) {
        state.withLock { $0.complaints.append(text ?? "something without words") }
    }

    private func answer(_ request: DevToolsValue) {
        let address = request["request"]["url"].string ?? ""
        let path = address.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }
        let file = state.withLock { $0.file }?(String(path.prefix { $0 != "?" }))
        var response: [String: DevToolsValue] = [
            "requestId": request["requestId"], "responseCode": file == nil ? 404 : 200,
        ]
        if let file {
            response["body"] = .string(file.base64)
            response["responseHeaders"] = [["name": "Content-Type", "value": .string(file.type)]]
        }
        devTools.post("Fetch.fulfillRequest", .object(response), session: session)
    }
}
