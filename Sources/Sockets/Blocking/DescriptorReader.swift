import CLinux
import Glibc
import Locking

/// A reader of a descriptor that must stay blocking, such as an inherited standard input, on a
/// thread of its own.
///
/// The descriptor may be that of a terminal, a pipe or a file.
///
/// Safe from any thread, but only one task may wait in `next()`. Nothing is read ahead: bytes that
/// were not asked for stay where they are, and a pipe's writer waits.
public final class DescriptorReader: Sendable {
    /// Bytes read at once, as many as a pipe holds.
    public static let chunkBytes = 64 << 10

    private typealias Chunk = Result<[UInt8]?, SocketError>

    private struct State {
        var request: CheckedContinuation<Chunk, Never>?
        var isStopping = false
    }

    private let thread: DescriptorThread
    private let state = Locked(State())

    /// Makes a reader; its thread starts with the first `next()`.
    ///
    /// The descriptor must not be closed while the reader may use it.
    ///
    /// - Parameter subject: name of the descriptor in errors: `standard input`.
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    public init(_ descriptor: Int32, called subject: String) throws(SocketError) {
        thread = try DescriptorThread(descriptor, to: "read", subject)
    }

    /// Starts the thread ahead of the first `next()`, to find out whether there is one.
    ///
    /// - Throws: `SocketError` that names the limit, when the system gives no more threads.
    public func start() throws(SocketError) { try thread.wake { self.run() } }

    /// Returns the next bytes, or `nil` at the end and after `stop()`.
    ///
    /// Cancelling the task stops the reader at once.
    ///
    /// - Throws: `SocketError` once, if reading failed; afterwards the reader has ended.
    public func next() async throws(SocketError) -> [UInt8]? {
        let chunk: Chunk = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWanted = state.withLock { state in
                    if !state.isStopping { state.request = continuation }
                    return !state.isStopping
                }
                guard isWanted else { return continuation.resume(returning: .success(nil)) }
                do throws(SocketError) {
                    try start()
                } catch {
                    stop()
                    answer(.failure(error))
                }
            }
        } onCancel: {
            stop()
            // Bytes that the thread is just reading are lost. Waiting for it is not an option: if
            // another process got the bytes, the read may take for ever.
            answer(.success(nil))
        }
        return try chunk.get()
    }

    /// Stops reading.
    ///
    /// Bytes already read are still handed over.
    public func stop() {
        state.withLock { $0.isStopping = true }
        thread.signal()
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func answer(_ chunk: Chunk) {
        let request = state.withLock { $0.request.take() }
        request?.resume(returning: chunk)
    }

    // MARK: - On the thread

    private func run() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.chunkBytes, alignment: 16)
        defer { unsafe buffer.deallocate() }
        while waitForRequest() {
            let chunk = read(into: buffer)
            if case .success(.some) = chunk {} else { stop() }
            answer(chunk)
        }
        answer(.success(nil))
    }

    private func waitForRequest() -> Bool {
        while true {
            let (isStopping, isAsked) = state.withLock { ($0.isStopping, $0.request != nil) }
            if isStopping { return false }
            if isAsked { return true }
            thread.wait()
        }
    }

    @safe private func read(into buffer: UnsafeMutableRawBufferPointer) -> Chunk {
        while !isStopping {
            guard !thread.wait(for: .readable).isEmpty else { continue }
            let count = SystemCalls.read(thread.descriptor, into: buffer)
            if count > 0 { return unsafe .success(Array(buffer[..<count])) }
            if count == 0 { return .success(nil) }
            let code = errno
            if code == EIO, isInBackground {
                // The terminal belongs to the shell at present; try again in a second.
                thread.wait(milliseconds: 1_000)
            } else if code != EINTR, code != EAGAIN {
                return .failure(thread.error(code))
            }
        }
        return .success(nil)
    }

    /// True if it is a terminal that another process group has now (`puente &` in a shell).
    private var isInBackground: Bool {
        let foreground = tcgetpgrp(thread.descriptor)
        return foreground > 0 && foreground != getpgrp()
    }
}
