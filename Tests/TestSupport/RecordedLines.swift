import MessageBus
import Locking

/// Keeps the lines that are written to it.
///
/// Safe from any thread.
package final class RecordedLines: LineSink {
    private let state = Locked<(lines: [String], paths: [String])>(([], []))

    /// Makes one without lines.
    package init() {}

    /// The lines written so far.
    package var lines: [String] { state.withLock(\.lines) }

    /// The files that were asked for.
    package var paths: [String] { state.withLock(\.paths) }

    /// Keeps a line.
    @discardableResult
    package func write(_ line: String) -> Bool {
        state.withLock { $0.lines.append(line) }
        return true
    }

    func opened(_ path: String) { state.withLock { $0.paths.append(path) } }
}
