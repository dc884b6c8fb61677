import Foundation
import Glibc
import Locking
import Sockets

/// The DevTools protocol over a pipe: commands and their answers, and events.
///
/// Messages are JSON objects that end with a NUL. Safe from any thread.
package final class DevTools: Sendable {
    /// The treatment of an event: its name and parameters.
    ///
    /// Called on the thread that reads.
    typealias Listener = @Sendable (String, DevToolsValue) -> Void

    private typealias Answer = Result<DevToolsValue, BrowserError>

    private struct State {
        var lastID = 0
        var waiting: [Int: CheckedContinuation<Answer, Never>] = [:]
        var listeners: [String: Listener] = [:]
        var isOver = false
    }

    private let process: ChromiumProcess
    private let state = Locked(State())

    /// Starts a browser and the thread that reads what it says.
    ///
    /// - Throws: `BrowserError` or `SocketError` if it can't be started.
    init() throws {
        process = try ChromiumProcess()
        let answers = process.answers
        try DedicatedThread.start(named: "devtools") { [weak self] in
            Self.read(answers) { message in self?.receive(message) }
            self?.end()
        }
    }

    /// Sends a command and returns its result.
    ///
    /// - Throws: `BrowserError` with the browser's own words if it refuses, or has ended.
    @discardableResult package func send(
        _ method: String, _ parameters: DevToolsValue = [:], session: String? = nil
    ) async throws -> DevToolsValue {
        let answer = await withCheckedContinuation { continuation in
            post(method, parameters, session, continuation)
        }
        do {
            return try answer.get()
        } catch {
            throw BrowserError("\(method): \(error)")
        }
    }

    /// Sends a command whose result nobody waits for.
    func post(_ method: String, _ parameters: DevToolsValue, session: String?) {
        post(method, parameters, session, nil)
    }

    /// Tells of all events of a session from now on.
    func listen(to session: String, _ listener: @escaping Listener) {
        state.withLock { $0.listeners[session] = listener }
    }

    private func post(
        _ method: String, _ parameters: DevToolsValue, _ session: String?,
        _ continuation: CheckedContinuation<Answer, Never>?
    ) {
        // Written under the lock, so that messages do not mix.
        let isSent = state.withLock { state in
            state.lastID += 1
            var message: [String: DevToolsValue] = [
                "id": .number(Double(state.lastID)), "method": .string(method),
                "params": parameters,
            ]
            if let session { message["sessionId"] = .string(session) }
            guard !state.isOver, let bytes = try? JSONEncoder().encode(message) else {
                return false
            }
            if let continuation { state.waiting[state.lastID] = continuation }
            Self.write(Array(bytes) + [0], to: process.commands)
            return true
        }
        if !isSent { continuation?.resume(returning: .failure(BrowserError("it has ended"))) }
    }

    private func receive(_ message: DevToolsValue) {
        if let id = message["id"].integer {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: id) }
            if let problem = message["error"]["message"].string {
                continuation?.resume(returning: .failure(BrowserError(problem)))
            } else {
                continuation?.resume(returning: .success(message["result"]))
            }
        } else if let method = message["method"].string, let session = message["sessionId"].string {
            state.withLock { $0.listeners[session] }?(method, message["params"])
        }
    }

    private func end() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting {
            continuation.resume(returning: .failure(BrowserError("it has ended")))
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads messages until the end of file.
    private static func read(_ descriptor: Int32, _ receive: (DevToolsValue) -> Void) {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count <= 0 { return }
            pending += buffer[..<count]
            while let end = pending.firstIndex(of: 0) {
                let bytes = Data(pending[..<end])
                pending.removeSubrange(...end)
                if let message = try? JSONDecoder().decode(DevToolsValue.self, from: bytes) {
                    receive(message)
                }
            }
        }
    }
}
