import MessageBus
import Sockets

/// The process of a program, for tasks that wait: an actor on the bus's own loop, on which the
/// pipes are read and written.
actor ProgramProcess {
    /// An event of the process.
    enum Event: Sendable {
        /// The process wrote lines; no more are read before `readMore()`.
        case lines([Line])
        /// The process still runs, but has closed its standard output.
        case outputClosed
        /// The process still runs, but has closed its standard input.
        case inputClosed
        /// The process has ended.
        case exit(ChildExit)
    }

    /// A line of its output.
    enum Line: Sendable {
        case whole([UInt8])
        /// The beginning of a line that is longer than allowed.
        case tooLong([UInt8])
    }

    /// The most bytes of a line of the output: as many as a text may have, so that a text quoted in
    /// JSON must be a little shorter.
    static let maxLineBytes = Draft.maxTextBytes
    /// Bytes that may wait to be read before writers have to wait: a few thousand messages.
    static let maxInputBytes = 256 << 10
    /// Bytes that may wait in all, including answers to the program, for which nobody waits.
    static let maxAnswerBytes = 4 << 20

    nonisolated private let loop: EventLoop
    /// The events of the program, in order; the stream ends when the program has ended and both its
    /// outputs are closed.
    nonisolated let events: AsyncStream<Event>
    /// The bytes of its standard error; no more are read before `readMoreErrors()`.
    nonisolated let errors: AsyncStream<[UInt8]>
    private let errorQueue: AsyncStream<[UInt8]>.Continuation
    private let queue: AsyncStream<Event>.Continuation
    private var child: ChildProcess?
    private var splitter = LineSplitter(longest: maxLineBytes)
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private(set) var hasExited = false
    private var isInputEnded = false
    /// True once the program was given a message.
    private var hasMessages = false
    private var isOutputEnded = false
    private var areErrorsEnded = false
    private var isFinished = false

    /// The executor that runs the actor on the loop's thread.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(on loop: EventLoop) {
        self.loop = loop
        (events, queue) = AsyncStream.makeStream(of: Event.self)
        (errors, errorQueue) = AsyncStream.makeStream(of: [UInt8].self)
    }

    /// Starts the program.
    ///
    /// - Throws: `SocketError` that names it.
    func start(_ command: ChildCommand) throws {
        var handlers = ChildProcess.Handlers()
        unsafe handlers.onOutput = { unsafe self.receive($0) }
        handlers.onOutputEnd = { self.endOutput() }
        unsafe handlers.onErrors = { bytes in
            self.child?.pauseErrors()
            unsafe self.errorQueue.yield(Array(bytes))
        }
        handlers.onErrorsEnd = {
            self.areErrorsEnded = true
            self.errorQueue.finish()
            self.finishIfDone()
        }
        handlers.onDrain = {
            self.reportInput()
            self.wakeWriters()
        }
        handlers.onExit = { exit in
            self.hasExited = true
            self.queue.yield(.exit(exit))
            self.wakeWriters()
            self.finishIfDone()
        }
        child = try ChildProcess(command, on: loop, handlers)
    }

    // MARK: - Its output

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        var lines: [Line] = []
        splitter.split(bytes) { lines.append(Self.line($0)) }
        if lines.isEmpty { return }
        child?.pauseOutput()
        queue.yield(.lines(lines))
    }

    private static func line(_ piece: LineSplitter.Piece) -> Line {
        switch piece {
        case .line(let bytes, _): unsafe .whole(Array(bytes))
        case .tooLong(let beginning): unsafe .tooLong(Array(beginning))
        }
    }

    private func endOutput() {
        var lines: [Line] = []
        splitter.flush { lines.append(Self.line($0)) }
        if !lines.isEmpty { queue.yield(.lines(lines)) }
        if !isOutputEnded, !hasExited { queue.yield(.outputClosed) }
        isOutputEnded = true
        finishIfDone()
    }

    /// Goes on reading, after the lines of the last read.
    ///
    /// - Throws: `SocketError`.
    func readMore() throws { try child?.resumeOutput() }

    /// Goes on reading the program's standard error.
    ///
    /// - Throws: `SocketError`.
    func readMoreErrors() throws { try child?.resumeErrors() }

    // MARK: - Its input

    /// The bytes that the program has read, and those that wait for it once it was given messages.
    var inputProgress: (read: UInt64, unread: Int) {
        (child?.readBytes ?? 0, hasMessages ? child?.unreadBytes ?? 0 : 0)
    }

    /// Reports, once, that the program no longer reads its input.
    private func reportInput() {
        guard let child, !child.isInputOpen, !isInputEnded, !hasExited else { return }
        isInputEnded = true
        queue.yield(.inputClosed)
    }

    /// Writes bytes once the program has read enough of those written before.
    ///
    /// - Parameters:
    ///   - isAllowed: returns whether the caller still allows the bytes to be written; asked again
    ///     after `wakeWriters()`.
    ///   - before: called right before the bytes are written, with nothing written in between.
    /// - Returns: false, with nothing written or called, if the program has ended or the task was
    ///   cancelled.
    @discardableResult
    func write(
        _ bytes: [UInt8], when isAllowed: @Sendable () -> Bool = { true },
        before: @Sendable () -> Void = {}
    ) async -> Bool {
        while let child, child.isInputOpen, !hasExited, !isFinished, !Task.isCancelled {
            if child.waitingBytes <= Self.maxInputBytes, isAllowed() {
                before()
                if !bytes.isEmpty { hasMessages = true }
                child.write(bytes)
                return true
            }
            await withCheckedContinuation { waiters.append($0) }
        }
        return false
    }

    /// Writes bytes at once; returns false, and writes nothing, if too much waits already.
    func writeNow(_ bytes: [UInt8]) -> Bool {
        guard let child, child.isInputOpen else { return true }
        guard child.waitingBytes + bytes.count <= Self.maxAnswerBytes else { return false }
        child.write(bytes)
        return true
    }

    /// Has the tasks that wait in `write` check again.
    func wakeWriters() {
        let waking = waiters
        waiters = []
        for waiter in waking { waiter.resume() }
    }

    // MARK: - Its end

    /// Writes the last bytes, and closes the program's standard input after them.
    func endInput(with bytes: [UInt8]) {
        isInputEnded = true
        child?.write(bytes)
        child?.endInput()
        wakeWriters()
    }

    /// Sends a signal to the program's process group.
    func signal(_ number: Int32) { child?.signal(number) }

    /// Kills the program, and ends `events` at once.
    func kill() {
        child?.kill()
        closeOutput()
        wakeWriters()
        if child == nil { finish() }
    }

    /// Closes the program's output although another process, which has left its group, still has it
    /// open.
    func closeOutput() {
        (isOutputEnded, areErrorsEnded) = (true, true)
        child?.close()
        finishIfDone()
    }

    /// Finishes once nothing more can come; the last words on standard error explain the end.
    private func finishIfDone() {
        if hasExited, isOutputEnded, areErrorsEnded { finish() }
    }

    private func finish() {
        isFinished = true
        child?.close()
        // The handlers of the child keep this actor alive.
        child = nil
        queue.finish()
        errorQueue.finish()
        wakeWriters()
    }

    /// Kills the program soon; for callers that can't wait.
    nonisolated func killSoon() { loop.perform { self.assumeIsolated { $0.kill() } } }
}
