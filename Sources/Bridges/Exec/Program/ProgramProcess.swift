import MessageBus
import Sockets

/// The process of a program, for tasks that wait: an actor on the bus's own loop, where its pipes are
/// read and written.
actor ProgramProcess {
    /// Something that the process has done.
    enum Event: Sendable {
        /// It wrote lines; no more are read before `readMore()`.
        case lines([Line])
        /// It runs, and has closed its standard output.
        case outputClosed
        /// It runs, and has closed its standard input.
        case inputClosed
        /// It has ended.
        case exit(ChildExit)
    }

    /// A line of its output.
    enum Line: Sendable {
        case whole([UInt8])
        /// The beginning of one that is longer than allowed.
        case tooLong([UInt8])
    }

    /// Bytes of a line of its output at most: as many as a text may have, and so more than a text that
    /// is quoted in JSON.
    static let maxLineBytes = Draft.maxTextBytes
    /// Bytes that may wait for it to read before whoever writes has to wait: a few thousand messages.
    static let inputBuffer = 256 << 10
    /// Bytes that may wait altogether, with the answers to what it says, which nobody waits for.
    static let answerBuffer = 4 << 20

    nonisolated private let loop: EventLoop
    /// The events of the program, in order; ends when the program has, and both of its outputs.
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
    /// True once it was given a message.
    private var hasMessages = false
    private var isOutputEnded = false
    private var areErrorsEnded = false
    private var isFinished = false

    /// The thread of the loop is the actor's.
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

    /// Reads on, after the lines of the last read.
    ///
    /// - Throws: `SocketError`.
    func readMore() throws { try child?.resumeOutput() }

    /// Reads on from its standard error.
    ///
    /// - Throws: `SocketError`.
    func readMoreErrors() throws { try child?.resumeErrors() }

    // MARK: - Its input

    /// Bytes that it has read, and those that wait for it, once it was given messages.
    var inputProgress: (read: UInt64, unread: Int) {
        (child?.readBytes ?? 0, hasMessages ? child?.unreadBytes ?? 0 : 0)
    }

    /// Tells, once, that nobody reads any more.
    private func reportInput() {
        guard let child, !child.isInputOpen, !isInputEnded, !hasExited else { return }
        isInputEnded = true
        queue.yield(.inputClosed)
    }

    /// Writes bytes as soon as the program has read enough of what was written before.
    ///
    /// - Parameters:
    ///   - isAllowed: returns whether they may be written as far as the caller is concerned; asked
    ///     again after `wakeWriters()`.
    ///   - before: called right before they are written, with nothing written in between.
    /// - Returns: false, and nothing is written nor called, if the program has ended, or the task was
    ///   cancelled.
    @discardableResult
    func write(
        _ bytes: [UInt8], when isAllowed: @Sendable () -> Bool = { true },
        before: @Sendable () -> Void = {}
    ) async -> Bool {
        while let child, child.isInputOpen, !hasExited, !isFinished, !Task.isCancelled {
            if child.waitingBytes <= Self.inputBuffer, isAllowed() {
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
        guard child.waitingBytes + bytes.count <= Self.answerBuffer else { return false }
        child.write(bytes)
        return true
    }

    /// Has those who wait in `write` look again.
    func wakeWriters() {
        let waking = waiters
        waiters = []
        for waiter in waking { waiter.resume() }
    }

    // MARK: - Its end

    /// Writes the last bytes, and closes its standard input behind them.
    func endInput(with bytes: [UInt8]) {
        isInputEnded = true
        child?.write(bytes)
        child?.endInput()
        wakeWriters()
    }

    /// Sends a signal to its group.
    func signal(_ number: Int32) { child?.signal(number) }

    /// Ends it, and `events`, at once.
    func kill() {
        child?.kill()
        closeOutput()
        wakeWriters()
        if child == nil { finish() }
    }

    /// Ends its output although somebody else has it open still, who has left its group.
    func closeOutput() {
        (isOutputEnded, areErrorsEnded) = (true, true)
        child?.close()
        finishIfDone()
    }

    /// Finishes once nothing more can come: its last words to standard error say why it has ended.
    private func finishIfDone() {
        if hasExited, isOutputEnded, areErrorsEnded { finish() }
    }

    private func finish() {
        isFinished = true
        child?.close()
        // Its handlers keep this.
        child = nil
        queue.finish()
        errorQueue.finish()
        wakeWriters()
    }

    /// Ends it soon; for callers that can't wait.
    nonisolated func killSoon() { loop.perform { self.assumeIsolated { $0.kill() } } }
}
