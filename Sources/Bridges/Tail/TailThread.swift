import Chat
import Glibc
import MessageBus
import Sockets
import Locking

/// The thread that waits for files to change and reads them.
///
/// Safe from any thread.
final class TailThread: Sendable {
    private let configuration: TailConfiguration
    /// Until it is taken: what was kept of many files is not needed twice.
    private let kept: Locked<[String: [UInt8]]>
    private let log: Log
    private let clock: any LoopClock
    private let events: FileEvents
    let loads: BoundedQueue<TailBatch>

    /// Lines that wait while others are being published: the next ones are there by then, and of a
    /// file that is copied and truncated as much as possible has been read.
    private static let ahead = 4_096

    /// Makes the thread's work; nothing is opened yet.
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
        loads = BoundedQueue(bound: Self.ahead) { events.wake() }
    }

    /// Follows files until the handover ends; on a thread of its own.
    ///
    /// Returns why it could not go on.
    func run() -> (any Error)? {
        defer { loads.end() }
        do {
            let kept = kept.withLock { kept in
                defer { kept = [:] }
                return kept
            }
            let files = try TailedFiles(
                configuration, kept: kept, events: events, tailLog: TailLog(log))
            // The first load says that all files have been looked at, whatever is in it.
            scanIfDue(files)
            put(files.nextLoad(now: now) ?? TailBatch())
            while !loads.hasEnded { turn(files) }
            files.tailLog.tellCounts(now: now, isLast: true)
            return nil
        } catch {
            return error
        }
    }

    private func turn(_ files: TailedFiles) {
        let hasRoom = loads.hasRoom
        events.wait(milliseconds: milliseconds(until: files.deadline(now: now, reads: hasRoom)))
        events.drain { files.take($0) }
        scanIfDue(files)
        files.tailLog.tellCounts(now: now)
        while loads.hasRoom, let load = files.nextLoad(now: now) {
            put(load)
            // What is rotated away while this is published must be open by then.
            events.drain { files.take($0) }
            scanIfDue(files)
        }
    }

    private func put(_ load: TailBatch) { loads.put(load, weight: load.lines + 1) }

    private func scanIfDue(_ files: TailedFiles) {
        let now = now
        if now >= files.nextGlance { files.glance(now: now, spent: { Self.processorTime }) }
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
        // Rounded up, so that the time is over when the wait is.
        let pause = deadline.subtractingReportingOverflow(now)
        if pause.overflow || pause.partialValue <= 0 { return 0 }
        return Int32(clamping: pause.partialValue / 1_000_000 + 1)
    }
}
