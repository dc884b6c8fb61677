/// A judge of each message that a bridge brings in, which may also change it.
///
/// Lives on the bus's loop, one instance for each place in the file, so its state is plain `var`s.
/// The factory is called for each place, and again where earlier messages are judged once more: a
/// class is as good as a struct, as long as each call makes a new one. A middleware must not wait:
/// work that waits belongs in a bridge. If it throws, the message is dropped, counted and logged.
public protocol Middleware: Sendable {
    /// Judges one message.
    mutating func handle(_ message: inout Message) throws -> Verdict

    /// Judges a batch.
    ///
    /// There is no need to write this one: the default calls `handle(_:)` for each message, in a
    /// loop that the compiler sees as a whole.
    mutating func judge(_ batch: Batch)
}

extension Middleware {
    /// Calls `handle(_:)` for each message of the batch that is still to be judged.
    @inlinable
    public mutating func judge(_ batch: Batch) { judgeEach(batch) }

    /// The default of `judge(_:)`, for a middleware that has a faster way for some batches only.
    @inlinable
    package mutating func judgeEach(_ batch: Batch) {
        guard var message = batch.scratch else { return }
        for index in 0..<batch.count where batch.load(index, into: &message) {
            do {
                let verdict = try handle(&message)
                if case .drop(let reason, let code, let retryAfter) = verdict {
                    batch.dropForStep(
                        index, Drop(code: code, reason: reason, retryAfter: retryAfter))
                } else if message.isModified {
                    batch.store(&message, at: index)
                }
            } catch {
                batch.dropForError(index, error)
            }
        }
    }
}
