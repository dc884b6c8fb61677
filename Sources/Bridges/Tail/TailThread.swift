import Chat
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
    private let clock: any TimeSource
    private let events: FileEvents
    let batches: BoundedQueue<TailBatch>
    private let lastReport = Locked(TailReport())

    /// The time between two reports: often enough for people who look, and rare beside the
    /// reading.
    private static let reportPause: Duration = .milliseconds(500)

    /// The number of lines read ahead while others are being published.
    ///
    /// Reading ahead rescues as much as possible of a file that is copied and truncated.
    private static let ahead = 4_096

    /// Creates the work; no file is opened yet.
    ///
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    init(
        _ configuration: TailConfiguration, kept: [String: [UInt8]], hearsEvents: Bool,
        clock: any TimeSource,
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

    /// The bytes and files that are not read yet, as of at most half a second ago.
    var gauges: BridgeGauges { lastReport.withLock { $0 }.gauges(at: now) }

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
            files.tailLog.confinement.claim()
            files.clock = clock
            // The first batch says that the first scan is done, whatever it contains.
            scanIfDue(files)
            enqueue(files.nextBatch(now: now) ?? TailBatch())
            var (reported, isReported) = (MonotonicTime.distantPast, false)
            while !batches.hasEnded {
                if !isReported, now - reported >= Self.reportPause {
                    reported = now
                    isReported = report(files)
                }
                if turn(files, until: isReported ? .distantFuture : reported + Self.reportPause) {
                    isReported = false
                }
            }
            files.tailLog.writeCounts(now: now, isLast: true)
            return nil
        } catch {
            return error
        }
    }

    /// Writes a report; returns true if it stays right until something happens.
    private func report(_ files: TailedFiles) -> Bool {
        let report = files.report(now: now)
        lastReport.withLock { $0 = report }
        return report.unreadBytes == 0
    }

    /// Waits until something happens or a time comes, and reads; returns true if something has
    /// happened.
    private func turn(_ files: TailedFiles, until time: MonotonicTime) -> Bool {
        let hasCapacity = batches.hasCapacity
        let deadline = min(time, files.deadline(now: now, reads: hasCapacity))
        events.wait(milliseconds: milliseconds(until: deadline))
        var hasHappened = false
        events.drain {
            hasHappened = true
            files.recordEvent($0)
        }
        if scanIfDue(files) { hasHappened = true }
        files.tailLog.writeCounts(now: now)
        while batches.hasCapacity, let batch = files.nextBatch(now: now) {
            hasHappened = true
            enqueue(batch)
            // A file that is rotated while this is published must be open by then.
            events.drain { files.recordEvent($0) }
            scanIfDue(files)
        }
        return hasHappened
    }

    private func enqueue(_ batch: TailBatch) { batches.append(batch, weight: batch.lines + 1) }

    /// Looks for changes if that is due, and returns true if it was.
    @discardableResult
    private func scanIfDue(_ files: TailedFiles) -> Bool {
        let now = now
        let isDue = now >= min(files.nextPoll, files.nextScan)
        if now >= files.nextPoll {
            files.pollOpenFiles(now: now, spent: { KernelClock.threadTime })
        }
        if now >= files.nextScan {
            files.scan(now: now, clock: { self.now }, spent: { KernelClock.threadTime })
        }
        return isDue
    }

    private var now: MonotonicTime { clock.monotonic() }

    private func milliseconds(until deadline: MonotonicTime) -> Int32 {
        // Rounded up, so that the deadline is over when the wait is.
        let pause = deadline - now
        return pause <= .zero ? 0 : Int32(clamping: pause.wholeMilliseconds + 1)
    }
}
