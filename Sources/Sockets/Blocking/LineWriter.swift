import CLinux
import Glibc
import Locking
import TimeUnits

/// A writer that appends lines to a file or an inherited descriptor on a thread of its own, behind
/// a bounded queue, so that callers never wait.
///
/// Safe from any thread. Made for logs.
///
/// Lines that don't fit are left out; a line in their place says how many.
public final class LineWriter: Sendable {
    /// The destination of the lines.
    public enum Target: Sendable {
        /// A file: opened by `open()`, created for its owner only, appended to.
        case file(String)
        /// An open descriptor, such as 2. It stays the caller's and stays blocking.
        case descriptor(Int32, called: String)
    }

    /// Limits of the queue; the thread may hold as much again.
    public struct Limits: Sendable {
        /// Lines.
        public var lines = 8_192
        /// Bytes, endings included.
        public var bytes = 1 << 20

        /// Makes the default limits.
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
        var isToBeReopened = false
        var isClosing = false
        var isAbandoned = false
    }

    private struct Output {
        let descriptor: Int32
        var isFailing = false
        /// True if nobody will ever read it again: lines are thrown away.
        var isGone = false
    }

    private let target: Target
    /// Path of the file, if the target is one.
    private let path: String?
    private let limits: Limits
    private let retryAfter: Int32
    private let gapLine: @Sendable (Int) -> String
    private let report: @Sendable (SocketError) -> Void
    private let wakeup: Wakeup
    private let finished: Wakeup
    private let queue = Locked(Queue())

    /// Makes a writer that keeps lines until `open()`.
    ///
    /// - Parameters:
    ///   - gapLine: returns the line that stands for a number of lines left out.
    ///   - report: called on the thread when writing begins to fail, and not again until it has
    ///     worked in between. Must not write to this writer.
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    public convenience init(
        to target: Target, limits: Limits = Limits(),
        gapLine: @escaping @Sendable (Int) -> String = { "… \($0) lines left out" },
        report: @escaping @Sendable (SocketError) -> Void = { _ in }
    ) throws(SocketError) {
        try self.init(
            to: target, limits: limits, retryAfter: 1_000, gapLine: gapLine, report: report)
    }

    /// Makes a writer with another pause after failures, for tests.
    ///
    /// - Parameter retryAfter: milliseconds from a failed write to the next attempt.
    package init(
        to target: Target, limits: Limits, retryAfter: Int32,
        gapLine: @escaping @Sendable (Int) -> String,
        report: @escaping @Sendable (SocketError) -> Void
    ) throws(SocketError) {
        self.target = target
        path = Self.path(of: target)
        self.limits = limits
        self.retryAfter = retryAfter
        self.gapLine = gapLine
        self.report = report
        wakeup = try Wakeup()
        finished = try Wakeup()
    }

    /// Opens the file and starts to write.
    ///
    /// Must be called once.
    ///
    /// - Throws: `SocketError`: `open /var/log/chat.log: permission denied`.
    public func open() throws(SocketError) {
        let descriptor = try openTarget()
        queue.withLock { $0.isOpen = true }
        do throws(SocketError) {
            try DedicatedThread.start(named: "lines \(descriptor)") { self.run(descriptor) }
        } catch {
            queue.withLock { $0.isOpen = false }
            if case .file = target { Glibc.close(descriptor) }
            throw error
        }
    }

    /// Closes the file and opens the one that has its name by then, after a rotation for instance.
    ///
    /// Waiting lines are written to the new file.
    ///
    /// A descriptor that is not a file's stays as it is. So does a file that can't be reopened;
    /// that is reported.
    public func reopen() {
        if path == nil { return }
        queue.withLock { $0.isToBeReopened = true }
        wakeup.signal()
    }

    private func openTarget() throws(SocketError) -> Int32 {
        switch target {
        case .descriptor(let descriptor, _): return descriptor
        case .file(let path): return try Self.openFile(path)
        }
    }

    /// Finds out whether `open()` and `reopen()` could open a file, without making one.
    ///
    /// - Throws: `SocketError`: `open /var/log/chat.log: permission denied`.
    package static func tryToOpen(_ path: String) throws(SocketError) {
        let flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let descriptor = SystemCalls.open(path, flags)
        if descriptor >= 0 { return _ = Glibc.close(descriptor) }
        guard errno == ENOENT else { throw SocketError("open \(path)") }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard SystemCalls.isAccessible(folder, W_OK | X_OK) else {
            throw SocketError("open \(path)")
        }
    }

    private static func openFile(_ path: String) throws(SocketError) -> Int32 {
        // Non-blocking, else a named pipe without a reader would keep us here.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let descriptor = SystemCalls.open(path, flags, mode: 0o600)
        guard descriptor >= 0 else { throw SocketError("open \(path)") }
        return descriptor
    }

    /// Returns the path of a file, also of one that was open already.
    private static func path(of target: Target) -> String? {
        switch target {
        case .file(let path): return path
        case .descriptor(let descriptor, _):
            guard let status = SystemCalls.status(of: descriptor),
                status.st_mode & S_IFMT == S_IFREG
            else {
                return nil
            }
            return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4_096) { buffer in
                guard let start = buffer.baseAddress else { return nil }
                let count = unsafe readlink(
                    "/proc/self/fd/\(descriptor)", unsafe start, buffer.count)
                let name = unsafe buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
                return name.isEmpty ? nil : String(validating: name, as: UTF8.self)
            }
        }
    }

    /// Enqueues a line, without its ending; it must not contain one.
    ///
    /// Returns false if it did not fit or the writer is closed.
    @discardableResult
    public func write(_ line: String) -> Bool {
        let (hasCapacity, isWaitedFor) = queue.withLock { queue in
            if queue.isClosing { return (false, false) }
            // Lines after a gap are left out too, until the thread has taken the queue: one gap,
            // one line about it.
            guard queue.leftOut == 0, queue.lines < limits.lines,
                queue.bytes.count + line.utf8.count < limits.bytes
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
        return hasCapacity
    }

    /// Number of lines left out since the beginning.
    public var leftOut: UInt64 { queue.withLock { $0.leftOutInAll } }

    /// Takes no more lines, writes the waiting ones and closes the file; waits no longer than the
    /// limit.
    public func close(within limit: Duration) async {
        let isOpen = queue.withLock { queue in
            queue.isClosing = true
            return queue.isOpen
        }
        guard isOpen else { return }
        wakeup.signal()
        let milliseconds = Int32(clamping: limit.wholeMilliseconds)
        let wait = { @Sendable [finished] in
            _ = finished.wait(milliseconds: milliseconds)
            // The wait has consumed the signal; a second `close` must not wait for another.
            finished.signal()
        }
        // If there are no more threads, block this one: it has nothing else to do.
        do { try await DedicatedThread.run(named: "close", wait) } catch { wait() }
        queue.withLock { $0.isAbandoned = true }
        wakeup.signal()
    }

    // MARK: - On the thread

    private func run(_ descriptor: Int32) {
        var output = Output(descriptor: descriptor)
        while let block = nextBlock() {
            reopenIfAsked(output)
            write(block, to: &output)
        }
        if case .file = target { Glibc.close(descriptor) }
        finished.signal()
    }

    private func reopenIfAsked(_ output: Output) {
        let isAsked = queue.withLock { queue in
            defer { queue.isToBeReopened = false }
            return queue.isToBeReopened
        }
        guard isAsked, let path else { return }
        do throws(SocketError) {
            let new = try Self.openFile(path)
            // Under the same number, because others know it, as that of standard error.
            if dup2(new, output.descriptor) < 0 { report(SocketError("dup2 \(path)")) }
            Glibc.close(new)
            if case .file = target { _ = fcntl(output.descriptor, F_SETFD, FD_CLOEXEC) }
        } catch {
            report(error)
        }
    }

    /// Returns the queued lines, or `nil` when the writer is closed.
    private func nextBlock() -> [UInt8]? {
        while true {
            let (block, isClosing, isToBeReopened) = queue.withLock { queue in
                let block = dequeueBlock(&queue)
                queue.isWaitedFor = block.isEmpty
                return (block, queue.isClosing, queue.isToBeReopened)
            }
            if !block.isEmpty || isToBeReopened { return block }
            if isClosing { return nil }
            _ = wakeup.wait()
        }
    }

    private func dequeueBlock(_ queue: inout Queue) -> [UInt8] {
        var block: [UInt8] = []
        swap(&block, &queue.bytes)
        if queue.leftOut > 0 {
            block.append(contentsOf: gapLine(queue.leftOut).utf8)
            block.append(UInt8(ascii: "\n"))
        }
        queue.lines = 0
        queue.leftOut = 0
        return block
    }

    private func write(_ block: [UInt8], to output: inout Output) {
        unsafe block.withUnsafeBytes { block in
            var rest = unsafe block
            while unsafe !rest.isEmpty, !output.isGone, !queue.withLock({ $0.isAbandoned }) {
                let ready = wakeup.wait(for: .writable, on: output.descriptor)
                if ready.isEmpty { continue }
                switch LineOutput.write(rest, to: output.descriptor) {
                case .written(let count):
                    output.isFailing = false
                    unsafe rest = rest.part(count...)
                case .later: break
                case .failed(let code):
                    pauseAfterFailure(code, &output)
                    reopenIfAsked(output)
                }
            }
        }
    }

    private func pauseAfterFailure(_ code: Int32, _ output: inout Output) {
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
