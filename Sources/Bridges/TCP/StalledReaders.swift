import MessageBus
import Sockets

/// The connections that the kernel takes no more for: who takes nothing for too long is closed.
///
/// Confined to the bus's loop.
final class StalledReaders: @unchecked Sendable {  // touched on the loop only
    private struct Stall {
        let connection: ChatConnection
        /// When the kernel last took something, in the loop's time.
        var lastProgress: Int64
        /// What the other side had not confirmed when that was last looked at.
        var unsentBytes: Int
    }

    private let loop: EventLoop
    private let bus: Bus
    /// Nanoseconds that a reader may take nothing for.
    private let patience: Int64
    private var stalls: [UInt32: Stall] = [:]
    private lazy var sweep = LoopTimer { [unowned self] in
        self.bus.assumeIsolated { self.closeStalled($0) }
    }

    init(patience: Int64, on loop: EventLoop, bus: Bus) {
        self.patience = patience
        self.loop = loop
        self.bus = bus
    }

    /// Begins to look after a connection.
    func watch(_ connection: ChatConnection) {
        if stalls.isEmpty { loop.set(sweep, after: interval) }
        stalls[connection.source] = Stall(
            connection: connection, lastProgress: loop.now, unsentBytes: connection.unsentBytes)
    }

    /// Notes that the kernel takes something again.
    func noteProgress(of connection: ChatConnection) {
        stalls[connection.source]?.lastProgress = loop.now
    }

    /// Looks after a connection no longer.
    func forget(_ connection: ChatConnection) { stalls[connection.source] = nil }

    /// Looks no more.
    func end() { sweep.cancel() }

    private var interval: Int64 { max(1_000_000, min(1_000_000_000, patience / 4)) }

    private func closeStalled(_ bus: isolated Bus) {
        for (source, stall) in stalls {
            // The kernel says that it can be written to only when a good part of its buffer is free,
            // which a slow reader takes long for.
            let unsent = stall.connection.unsentBytes
            let hasTaken = unsent < stall.unsentBytes
            let lastProgress = hasTaken ? loop.now : stall.lastProgress
            stalls[source]?.unsentBytes = unsent
            stalls[source]?.lastProgress = lastProgress
            if loop.now - lastProgress >= patience { stall.connection.close(bus) }
        }
        if !stalls.isEmpty { loop.set(sweep, after: interval) }
    }
}
