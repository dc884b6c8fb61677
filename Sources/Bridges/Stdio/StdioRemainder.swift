import Locking

/// The input that a stdio bridge leaves to the next one in the same process: the beginning of a
/// line, and lines that nobody has taken yet.
///
/// Safe from any thread.
final class StdioRemainder: Sendable {
    private struct State {
        var splitter: StdioLineSplitter?
        var output: [String: [UInt8]] = [:]
    }

    private let state = Locked(State())

    /// Keeps a line that was read in part.
    func save(_ splitter: StdioLineSplitter) { state.withLock { $0.splitter = splitter } }

    /// Removes and returns the line that was read in part.
    func removeSplitter() -> StdioLineSplitter? { state.withLock { $0.splitter.take() } }

    /// Keeps the lines of a bridge that were not written.
    func save(_ lines: [UInt8], of bridge: String) {
        state.withLock { $0.output[bridge] = lines.isEmpty ? nil : lines }
    }

    /// Removes and returns the lines of a bridge that were not written.
    func dequeueOutput(of bridge: String) -> [UInt8] {
        state.withLock { $0.output.removeValue(forKey: bridge) } ?? []
    }
}
