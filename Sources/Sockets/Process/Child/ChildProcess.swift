import Glibc

/// A program that runs as a child process, with pipes to its standard input, output and error.
///
/// Confined to the loop, which `PipeReader` checks. It has a process group of its own, no
/// descriptors of ours, no signal blocked or ignored, and only the environment it is given. At its
/// end the rest of its group is killed; at the end of the daemon, however that happens, a guard
/// process does it. A program that leaves its group on purpose escapes both.
public final class ChildProcess {
    /// Functions that are called on the loop with what becomes of the child.
    ///
    /// Bytes are lent to them for the time of a call.
    @safe public struct Handlers {
        /// Called with bytes of its standard output.
        public var onOutput: (UnsafeRawBufferPointer) -> Void = { _ in }
        /// Called once at the end of its standard output.
        public var onOutputEnd: () -> Void = {}
        /// Called with bytes of its standard error.
        public var onErrors: (UnsafeRawBufferPointer) -> Void = { _ in }
        /// Called once at the end of its standard error.
        public var onErrorsEnd: () -> Void = {}
        /// Called when its standard input has taken all that waited, or is closed.
        public var onDrain: () -> Void = {}
        /// Called once when it and its guard have ended; bytes of it may still come.
        public var onExit: (ChildExit) -> Void = { _ in }

        /// Makes handlers that do nothing.
        public init() {}
    }

    /// The process's number, which is that of its group as well.
    public let id: Int32
    private let input: PipeWriter
    private let output: PipeReader
    private let errors: PipeReader
    private let process: SpawnedProcess

    /// Starts a program.
    ///
    /// Blocks until the kernel has loaded it: about a millisecond. Must be called on the loop.
    ///
    /// - Throws: `SocketError` with the program's name, if it can't be run.
    public init(_ command: ChildCommand, on loop: EventLoop, _ handlers: Handlers) throws {
        let (theirInput, ourInput) = try PipeEnd.pair()
        let (ourOutput, theirOutput) = try PipeEnd.pair()
        let (ourErrors, theirErrors) = try PipeEnd.pair()
        // Before the child, so that there is no child without one.
        let processGuard = try ProcessGuard(on: loop)
        do {
            var group: pid_t = 0
            process = try SpawnedProcess(
                command, ends: [theirInput, theirOutput, theirErrors], on: loop,
                onEnd: {
                    // While the number is still the child's, and so nobody else's.
                    Glibc.kill(-group, SIGKILL)
                    processGuard.end()
                },
                onReaped: { exit in
                    // A loop that stops when its children have ended would leave the guard a
                    // zombie.
                    processGuard.whenEnded { handlers.onExit(exit) }
                })
            group = process.id
        } catch {
            processGuard.end()
            throw error
        }
        id = process.id
        processGuard.watch(group: id)
        input = PipeWriter(ourInput, on: loop, onDrain: handlers.onDrain)
        output = unsafe PipeReader(
            ourOutput, on: loop, onBytes: handlers.onOutput, onEnd: handlers.onOutputEnd)
        errors = unsafe PipeReader(
            ourErrors, on: loop, onBytes: handlers.onErrors, onEnd: handlers.onErrorsEnd)
        do {
            try output.resume()
            try errors.resume()
        } catch {
            kill()
            throw error
        }
    }

    /// Bytes that its standard input has not taken yet.
    public var waitingBytes: Int { input.waiting }
    /// Bytes that it has not read, in the pipe and in front of it.
    public var unreadBytes: Int { input.waiting + input.unread }
    /// Bytes of its standard input that it has read.
    public var readBytes: UInt64 { input.taken - UInt64(input.unread) }
    /// True as long as its standard input can be written.
    public var isInputOpen: Bool { input.isOpen }

    /// Writes bytes to its standard input, now or as soon as it takes them.
    ///
    /// The caller bounds what waits, by `waitingBytes`.
    public func write(_ bytes: [UInt8]) { input.write(bytes) }

    /// Closes its standard input behind all that was written.
    public func endInput() { input.end() }

    /// Reads no more of its standard output for a while, which slows it down.
    public func pauseOutput() { output.pause() }

    /// Reads its standard output again.
    ///
    /// - Throws: `SocketError`.
    public func resumeOutput() throws { try output.resume() }

    /// Reads no more of its standard error for a while, which slows it down.
    public func pauseErrors() { errors.pause() }

    /// Reads its standard error again.
    ///
    /// - Throws: `SocketError`.
    public func resumeErrors() throws { try errors.resume() }

    /// Sends a signal to its group, unless it has ended.
    public func signal(_ number: Int32) { process.signal(number) }

    /// Ends it and its group at once.
    public func kill() { process.signal(SIGKILL) }

    /// Closes its pipes, whatever is still in them.
    public func close() {
        input.close()
        output.close()
        errors.close()
    }
}
