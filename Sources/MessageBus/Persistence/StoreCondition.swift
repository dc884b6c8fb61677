/// How a store keeps up with what it is handed.
package enum StoreCondition: UInt8, Sendable {
    /// All is kept within moments.
    case keepsUp
    /// More waits than should: sources are to be read more slowly.
    case lags
    /// Nothing can be kept at present; the chat goes on, durable sources wait.
    case fails
    /// The same, and as much waits as may: what is said now is not kept.
    case failsAndIsFull
}
