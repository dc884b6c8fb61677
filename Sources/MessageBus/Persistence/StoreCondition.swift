/// The condition of a store: how it keeps up with its input.
package enum StoreCondition: UInt8, Sendable {
    /// Everything is kept within moments.
    case keepsUp
    /// More waits than should: sources are to be read more slowly.
    case lags
    /// Nothing can be kept at present; the chat goes on, durable sources wait.
    case fails
    /// Nothing can be kept and the queue is full: new messages are not kept.
    case failsAndIsFull
}
