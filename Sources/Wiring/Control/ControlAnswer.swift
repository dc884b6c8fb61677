import JSON
import Locking

/// The answer to a request: lines of JSON, each sent as soon as there is one.
///
/// `{"line":…}` is for standard output and `{"problem":…}` for standard error; commands add objects
/// of their own. The last line is `{"exit":STATUS}`. Safe from any thread.
package final class ControlAnswer: Sendable {
    /// The most bytes that a client may leave unread, not counting those in the kernel's buffer.
    package static let maxUnread = 1 << 20

    private struct State {
        var unread: [UInt8] = []
        var isClosed = false
        var isEnded = false
        var isFlushRequested = false
    }

    private let state = Locked(State())
    /// Sends the lines that wait, on the loop.
    private let flush: @Sendable () -> Void

    init(flush: @escaping @Sendable () -> Void) { self.flush = flush }

    /// Sends a line for standard output; returns false if the client is gone or reads too slowly.
    @discardableResult
    package func sendLine(_ text: String) -> Bool { send(.object(["line": .text(text)])) }

    /// Sends a line for standard error; returns false if the client is gone or reads too slowly.
    @discardableResult
    package func sendProblem(_ text: String) -> Bool { send(.object(["problem": .text(text)])) }

    /// Sends an object; returns false, and sends nothing, if the client is gone or has left too
    /// much unread.
    @discardableResult
    package func send(_ value: JSON) -> Bool { send(line: value.encoded) }

    /// Sends a line of JSON without its ending; returns false, and sends nothing, if the client is
    /// gone or has left too much unread.
    @discardableResult
    package func send(line: [UInt8]) -> Bool {
        enqueue(line, ending: false) { $0.unread.count + line.count < Self.maxUnread }
    }

    /// True once the client is gone: nothing that is sent gets anywhere.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Ends the answer; what was sent before is still delivered.
    func end(_ status: CommandStatus) {
        let line = JSON.object(["exit": .integer(Int64(status.rawValue))]).encoded
        _ = enqueue(line, ending: true) { _ in true }
    }

    private func enqueue(_ line: [UInt8], ending: Bool, if fits: (State) -> Bool) -> Bool {
        let (isEnqueued, isToFlush) = state.withLock { state in
            guard !state.isClosed, !state.isEnded, fits(state) else { return (false, false) }
            state.unread += line
            state.unread.append(UInt8(ascii: "\n"))
            state.isEnded = ending
            defer { state.isFlushRequested = true }
            return (true, !state.isFlushRequested)
        }
        if isToFlush { flush() }
        return isEnqueued
    }

    // MARK: - On the loop

    /// Sends what waits by a function that returns how many bytes were taken.
    ///
    /// - Returns: true if nothing waits any more.
    func send(by write: (UnsafeRawBufferPointer) -> Int) -> Bool {
        state.withLock { state in
            let count = unsafe state.unread.withUnsafeBytes { unsafe $0.isEmpty ? 0 : write($0) }
            state.unread.removeFirst(count)
            state.isFlushRequested = !state.unread.isEmpty
            return state.unread.isEmpty
        }
    }

    /// True if everything was said.
    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Lets go of everything: the client is gone.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.unread = []
        }
    }
}
