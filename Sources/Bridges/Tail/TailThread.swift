import Chat
import Glibc
import MessageBus
import Sockets
import Locking

/// The work of the bridge's thread: waits for files to change and reads them.
///
/// Safe from any thread.
final class TailThread: Sendable {
    private let configuration: TailConfiguration
    /// The saved checkpoints, emptied by `run()`: with many files they are large.
    private let kept: Locked<[String: [UInt8]]>
    private let log: Log
    private let clock: any LoopClock
    private let events: FileEvents
    let batches: BoundedQueue<TailBatch>

    /// The number of lines read ahead while others are being published.
    ///
    /// Reading ahead rescues as much as possible of a file that is copied and truncated.
    private static let ahead = 4_096

    /// Creates the work; no file is opened yet.
    ///
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    init(
        _ configuration: TailConfiguration, kept: [String: [UInt8]], hearsEvents: Bool,
        clock: any LoopClock,
        _ log: Log
    ) throws(SocketError) {
        self.configuration = configuration
        self.kept = Locked(kept)
        self.log = log
        self.clock = clock
        let events = try FileEvents(isEnabled: hearsEvents)
        self.events = events
        batches = BoundedQueue(bound: Self.ahead) { events.wake() }
    }

    /// Tails files until the queue ends, on a thread of its own.
    ///
    /// Returns the error that ended it, if any.
    func run() -> (any Error)? {
        defer { batches.end() }
        do {
            let kept = kept.withLock { kept in
                defer { kept = [:] }
                return kept
            }
            let files = try TailedFiles(
                configuration, kept: kept, events: events, tailLog: TailLog(log))
            // The first batch tells that the first scan is done, whatever it contains.
            scanIfDue(files)
            put(files.nextBatch(now: now) ?? TailBatch())
            while !batches.hasEnded { turn(files) }
            files.tailLog.writeCounts(now: now, isLast: true)
            return nil
        } catch {
            return error
        }
    }

    private func turn(_ files: TailedFiles) {
        let hasCapacity = batches.hasCapacity
        events.wait(milliseconds: milliseconds(until: files.deadline(now: now, reads: hasCapacity)))
        events.drain { files.recordEvent($0) }
        scanIfDue(files)
        files.tailLog.writeCounts(now: now)
        while batches.hasCapacity, let batch = files.nextBatch(now: now) {
            put(batch)
            // A file that is rotated while this is published must be open by then.
            events.drain { files.recordEvent($0) }
            scanIfDue(files)
        }
    }

    private func put(_ batch: TailBatch) { batches.put(batch, weight: batch.lines + 1) }

    private func scanIfDue(_ files: TailedFiles) {
        let now = now
        if now >= files.nextPoll { files.pollOpenFiles(now: now, spent: { Self.processorTime }) }
        if now >= files.nextScan {
            files.scan(now: now, clock: { self.now }, spent: { Self.processorTime })
        }
    }

    private static var processorTime: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private var now: Int64 { clock.monotonic() }

    private func milliseconds(until deadline: Int64) -> Int32 {
        // Rounded up, so that the deadline is over when the wait is.
        let pause = deadline.subtractingReportingOverflow(now)
        if pause.overflow || pause.partialValue <= 0 { return 0 }
        return Int32(clamping: pause.partialValue / 1_000_000 + 1)
    }
}
