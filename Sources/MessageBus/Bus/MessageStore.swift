import Synchronization

/// Where messages, cursors and checkpoints outlive the process.
public protocol MessageStore: Sendable {
    /// Whether the bus has to hand over what it accepts.
    var keepsMessages: Bool { get }

    /// Reserves that many numbers and returns the first, which is not 0.
    ///
    /// None of them was or will be returned again, by this process or a later one. Must not wait.
    func reserve(_ count: UInt64) -> UInt64

    /// Takes accepted messages over.
    ///
    /// Must not wait.
    func write(_ messages: [Message])

    /// Takes accepted messages and what their source has reached over, both or neither.
    ///
    /// Returns when they are kept.
    func write(_ messages: [Message], checkpoint: Checkpoint?) async throws

    /// What was last kept for a source.
    func checkpoint(of source: String) async throws -> [UInt8]?

    /// The number of the last message a durable reader is done with, `nil` for a new one.
    func cursor(of reader: String) async throws -> UInt64?

    /// Moves a durable reader's cursor, and keeps what the message is called on the other side.
    func save(_ number: UInt64, of reader: String, remoteID: String?) async throws
}

/// What a source has reached: a file's offset, an update's id.
///
/// Kept with the messages it covers.
public struct Checkpoint: Sendable, Equatable {
    /// Which source; the bridge's name comes in front of it.
    public let source: String
    /// What the source needs to go on from there.
    public let state: [UInt8]

    /// Makes one.
    public init(source: String, state: [UInt8]) {
        self.source = source
        self.state = state
    }
}

/// Keeps cursors and checkpoints in memory: they outlive a bridge, not the process.
public final class VolatileStore: MessageStore {
    private struct State {
        var next: UInt64 = 1
        var checkpoints: [String: [UInt8]] = [:]
        var cursors: [String: UInt64] = [:]
    }

    private let state = Mutex(State())

    /// Makes an empty store.
    public init() {}

    /// Nothing has to be handed over: the rooms' own logs are all there is.
    public var keepsMessages: Bool { false }

    /// Reserves numbers, from 1.
    public func reserve(_ count: UInt64) -> UInt64 {
        state.withLock { state in
            defer { state.next += count }
            return state.next
        }
    }

    /// Does nothing.
    public func write(_ messages: [Message]) {}

    /// Keeps the checkpoint.
    public func write(_ messages: [Message], checkpoint: Checkpoint?) {
        guard let checkpoint else { return }
        state.withLock { $0.checkpoints[checkpoint.source] = checkpoint.state }
    }

    /// What was last kept for a source.
    public func checkpoint(of source: String) -> [UInt8]? {
        state.withLock { $0.checkpoints[source] }
    }

    /// The last message a reader is done with.
    public func cursor(of reader: String) -> UInt64? {
        state.withLock { $0.cursors[reader] }
    }

    /// Moves a reader's cursor.
    public func save(_ number: UInt64, of reader: String, remoteID: String?) {
        state.withLock { $0.cursors[reader] = number }
    }
}
