/// A writer of lines that never waits: a thread of its own writes them, behind a bounded queue.
///
/// Safe from any thread.
public protocol LineSink: Sendable {
    /// Adds a line, without its ending.
    ///
    /// Returns false if the line did not fit; the sink counts such lines.
    @discardableResult
    func write(_ line: String) -> Bool
}
