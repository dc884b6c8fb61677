import CLinux
import Glibc
import Synchronization

/// Appends lines to a file or to an inherited descriptor by a thread of its own, behind a bounded
/// queue: whoever writes never waits.
///
/// For logs.
///
/// Lines that don't fit are left out; a line in their place says how many. Safe from any thread.
public final class LineWriter: Sendable {
    /// Where the lines go.
    public enum Target: Sendable {
        /// A file: opened by `open()`, created for its owner only, appended to.
        case file(String)
        /// An open descriptor, such as 2. It stays the caller's and stays blocking.
        case descriptor(Int32, called: String)
    }

    /// How much may wait, in the queue and as much again in the hands of the thread.
    public struct Bounds: Sendable {
        /// Lines.
        public var lines = 8_192
        /// Bytes, endings included.
        public var bytes = 1 << 20

        /// The usual ones.
        public init() {}
    }

    private struct Queue {
        var bytes: [UInt8] = []
        var lines = 0
        /// Lines left out since the thread last took the queue.
        var leftOut = 0
        var leftOutInAll: UInt64 = 0
        var isWaitedFor = false
        var isOpen = false
        var isClosing = false
        var isAbandoned = false
    }

    private let target: Target
    private let bounds: Bounds
    private let retryAfter: Int32
    private let note: @Sendable (Int) -> String
    private let report: @Sendable (SocketError) -> Void
    private let wakeup: Wakeup
    private let finished: Wakeup
    private let queue = Mutex(Queue())

    /// Makes a writer that keeps lines until `open()`.
    ///
    /// - Parameters:
    ///   - note: the line that stands for so many left out.
    ///   - report: is told, on the thread, when writing begins to fail; not again until it has
    ///     worked in between. Must not write to this writer.
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    public convenience init(
        to target: Target, bounds: Bounds = Bounds(),
        note: @escaping @Sendable (Int) -> String = { "… \($0) lines left out" },
        report: @escaping @Sendable (SocketError) -> Void = { _ in }
    ) throws(SocketError) {
        try self.init(to: target, bounds: bounds, retryAfter: 1_000, note: note, report: report)
    }

    /// - Parameter retryAfter: milliseconds from a failed write to the next.
    package init(
        to target: Target, bounds: Bounds, retryAfter: Int32,
        note: @escaping @Sendable (Int) -> String,
        report: @escaping @Sendable (SocketError) -> Void
    ) throws(SocketError) {
        self.target = target
        self.bounds = bounds
        self.retryAfter = retryAfter
        self.note = note
        self.report = report
        wakeup = try Wakeup()
        finished = try Wakeup()
    }

    /// Opens the file and begins to write.
    ///
    /// Once.
    ///
    /// - Throws: `SocketError`: `open /var/log/chat.log: permission denied`.
    public func open() throws(SocketError) {
        let descriptor = try openTarget()
        queue.withLock { $0.isOpen = true }
        do throws(SocketError) {
            try OwnThread.start(named: "lines \(descriptor)") { self.run(descriptor) }
        } catch {
            queue.withLock { $0.isOpen = false }
            if case .file = target { Glibc.close(descriptor) }
            throw error
        }
    }

    private func openTarget() throws(SocketError) -> Int32 {
        switch target {
        case .descriptor(let descriptor, _): return descriptor
        case .file(let path):
            // Non-blocking, else a named pipe without a reader would keep us here.
            let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
            let descriptor = Glibc.open(path, flags, 0o600)
            guard descriptor >= 0 else { throw SocketError("open \(path)") }
            return descriptor
        }
    }

    /// Adds a line, without its ending; it must not hold one.
    ///
    /// Returns false if it did not fit or the writer is closed.
    @discardableResult
    public func write(_ line: String) -> Bool {
        let (hasRoom, isWaitedFor) = queue.withLock { queue in
            if queue.isClosing { return (false, false) }
            // What follows a gap is left out too, until the thread has looked: one gap, one note.
            guard queue.leftOut == 0, queue.lines < bounds.lines,
                queue.bytes.count + line.utf8.count < bounds.bytes
            else {
                queue.leftOut += 1
                queue.leftOutInAll += 1
                defer { queue.isWaitedFor = false }
                return (false, queue.isWaitedFor)
            }
            queue.bytes.append(contentsOf: line.utf8)
            queue.bytes.append(UInt8(ascii: "\n"))
            queue.lines += 1
            defer { queue.isWaitedFor = false }
            return (true, queue.isWaitedFor)
        }
        if isWaitedFor { wakeup.signal() }
        return hasRoom
    }

    /// How many lines have been left out since the beginning.
    public var leftOut: UInt64 { queue.withLock { $0.leftOutInAll } }

    /// Takes no more lines, writes those it has and closes the file, but waits no longer than this.
    public func close(within limit: Duration) async {
        let isOpen = queue.withLock { queue in
            queue.isClosing = true
            return queue.isOpen
        }
        guard isOpen else { return }
        wakeup.signal()
        let milliseconds = Int32(clamping: Int64(limit / .milliseconds(1)))
        let wait = { @Sendable [finished] in
            _ = finished.wait(milliseconds: milliseconds)
            // Waiting has taken the signal; who closes once more must not wait for another.
            finished.signal()
        }
        // Where there is no thread more, this one has nothing else to do.
        do { try await OwnThread.run(named: "close", wait) } catch { wait() }
        queue.withLock { $0.isAbandoned = true }
        wakeup.signal()
    }

    // MARK: - On the thread

    private func run(_ descriptor: Int32) {
        var output = Output(descriptor: descriptor)
        while let block = nextBlock() { write(block, to: &output) }
        if case .file = target { Glibc.close(descriptor) }
        finished.signal()
    }

    private struct Output {
        let descriptor: Int32
        var isFailing = false
        /// Nobody will ever read it again: what comes is thrown away.
        var isGone = false
    }

    /// What has been queued, or `nil` when it is closed.
    private func nextBlock() -> [UInt8]? {
        while true {
            let (block, isClosing) = queue.withLock { queue in
                let block = take(&queue)
                queue.isWaitedFor = block.isEmpty
                return (block, queue.isClosing)
            }
            if !block.isEmpty { return block }
            if isClosing { return nil }
            _ = wakeup.wait()
        }
    }

    private func take(_ queue: inout Queue) -> [UInt8] {
        var block: [UInt8] = []
        swap(&block, &queue.bytes)
        if queue.leftOut > 0 {
            block.append(contentsOf: note(queue.leftOut).utf8)
            block.append(UInt8(ascii: "\n"))
        }
        queue.lines = 0
        queue.leftOut = 0
        return block
    }

    private func write(_ block: [UInt8], to output: inout Output) {
        block.withUnsafeBytes { block in
            var rest = block
            while !rest.isEmpty, !output.isGone, !queue.withLock({ $0.isAbandoned }) {
                let ready = wakeup.wait(for: .writable, on: output.descriptor)
                if ready.isEmpty { continue }
                switch LineOutput.write(rest, to: output.descriptor) {
                case .written(let count):
                    output.isFailing = false
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                case .later: break
                case .failed(let code): failed(code, &output)
                }
            }
        }
    }

    private func failed(_ code: Int32, _ output: inout Output) {
        let failure = SocketError("write \(subject)", errno: code)
        if !output.isFailing { report(failure) }
        output.isFailing = true
        output.isGone = code == EPIPE || code == EBADF
        if !output.isGone { _ = wakeup.wait(milliseconds: retryAfter) }
    }

    private var subject: String {
        switch target {
        case .file(let path): path
        case .descriptor(_, let name): name
        }
    }
}
