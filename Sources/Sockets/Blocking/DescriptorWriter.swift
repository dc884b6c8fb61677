import CLinux
import Glibc
import Locking
import TimeUnits

/// A writer of lines to a descriptor that must stay blocking, such as an inherited standard output,
/// on a thread of its own.
///
/// It notices without writing that the other end was closed.
///
/// Safe from any thread, but only one task may wait in `write(_:)` and one in `failure()`.
public final class DescriptorWriter: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var request: CheckedContinuation<SocketError?, Never>?
        var watcher: CheckedContinuation<SocketError?, Never>?
        var failure: SocketError?
        var isClosed = false
        /// True if writing ends after the bytes that the kernel takes next.
        var isStopping = false
        /// Bytes that were given and not written when it was stopped.
        var unwritten: [UInt8] = []
        /// Milliseconds without progress after which writing fails; `nil` for no limit.
        var timeout: Int32?
    }

    private let thread: DescriptorThread
    private let state = Locked(State())

    /// Makes a writer; its thread starts with the first `write(_:)` or `failure()`.
    ///
    /// The descriptor must not be closed while the writer may use it.
    ///
    /// - Parameter subject: name of the descriptor in errors: `standard output`.
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    public init(_ descriptor: Int32, called subject: String) throws(SocketError) {
        thread = try DescriptorThread(descriptor, to: "write", subject)
    }

    /// Writes lines, each with its ending, and returns when the kernel has all of them.
    ///
    /// Cancelling the task closes the writer at once, even in the middle of a line.
    ///
    /// - Throws: `SocketError` if it failed, now or before, or was closed.
    public func write(_ lines: [UInt8]) async throws(SocketError) {
        if lines.isEmpty { return }
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isClosed, !state.isStopping else {
                        if state.isStopping { state.unwritten += lines }
                        return true
                    }
                    state.bytes = lines
                    state.request = continuation
                    return false
                }
                if isOver { continuation.resume(returning: closingError) } else { wake() }
            }
        } onCancel: {
            close()
        }
        if let failure { throw failure }
    }

    /// Waits until writing has become impossible and returns the error; `nil` if the writer was
    /// closed or the task cancelled.
    ///
    /// Cancelling closes the writer.
    public func failure() async -> SocketError? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isClosed { state.watcher = continuation }
                    return state.isClosed
                }
                guard isOver else { return wake() }
                continuation.resume(returning: state.withLock { $0.failure })
            }
        } onCancel: {
            close()
        }
    }

    /// Makes writing fail, from now on, once nothing has been read for a while although something
    /// waits.
    ///
    /// A reader that makes progress gets everything.
    public func giveUp(afterStandstillOf timeout: Duration = .seconds(2)) {
        state.withLock { $0.timeout = Int32(clamping: timeout.wholeMilliseconds) }
        thread.signal()
    }

    /// Stops writing, whatever is left.
    public func close() { end(nil) }

    /// Stops writing and keeps what is left, for another writer to the same descriptor.
    public func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    /// The bytes that were given and not written before `stop()`.
    public var unwritten: [UInt8] { state.withLock { $0.unwritten } }

    /// Starts the thread ahead of the first `write(_:)`, to find out whether there is one.
    ///
    /// - Throws: `SocketError` that names the limit, when the system gives no more threads.
    public func start() throws(SocketError) { try thread.wake { self.run() } }

    private func wake() {
        do throws(SocketError) {
            try start()
        } catch {
            end(error)
        }
    }

    private var closingError: SocketError {
        state.withLock { $0.failure } ?? thread.error(ECANCELED)
    }

    private func end(_ failure: SocketError?) {
        let (request, watcher, failure) = state.withLock { state in
            if !state.isClosed { state.failure = failure }
            state.isClosed = true
            state.bytes = []
            return (state.request.take(), state.watcher.take(), state.failure)
        }
        thread.signal()
        request?.resume(returning: failure ?? closingError)
        watcher?.resume(returning: failure)
    }

    // MARK: - On the thread

    private func run() {
        while true {
            let (bytes, isClosed, isStopping) = state.withLock {
                ($0.bytes, $0.isClosed, $0.isStopping)
            }
            if isClosed { return }
            if isStopping, bytes.isEmpty { return end(nil) }
            if bytes.isEmpty {
                waitUntilReady(for: [])
            } else if write(all: bytes) {
                let request = state.withLock { state in
                    state.bytes = []
                    return state.request.take()
                }
                request?.resume(returning: nil)
            }
        }
    }

    /// Writes everything, or returns false if the writer was closed or failed.
    private func write(all bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            var rest = unsafe bytes
            while unsafe !rest.isEmpty {
                if state.withLock({ $0.isClosed }) { return false }
                if state.withLock({ $0.isStopping }) {
                    state.withLock { $0.unwritten = unsafe Array(rest) + $0.unwritten }
                    end(nil)
                    return false
                }
                guard waitUntilReady(for: .writable) else { continue }
                switch LineOutput.write(rest, to: thread.descriptor) {
                case .written(let count): unsafe rest = rest.part(count...)
                case .later: break
                case .failed(let code): end(thread.error(code))
                }
            }
            return true
        }
    }

    /// Waits for events; returns true if the descriptor can be written to.
    ///
    /// Readable input is ignored: a terminal is often one descriptor for both directions.
    @discardableResult
    private func waitUntilReady(for events: PollEvents) -> Bool {
        let timeout = events.isEmpty ? nil : state.withLock { $0.timeout }
        // The kernel waits, so the kernel's clock tells how long it has.
        let start = KernelClock.monotonic
        let ready = thread.wait(for: events, milliseconds: timeout ?? -1)
        if !ready.isDisjoint(with: .broken) {
            end(thread.error(EPIPE))
        } else if let timeout, ready.isEmpty,
            KernelClock.monotonic - start >= .milliseconds(timeout)
        {
            end(thread.error(reason: "nobody reads it"))
        }
        return ready.isDisjoint(with: .broken) && ready.contains(.writable)
    }
}
