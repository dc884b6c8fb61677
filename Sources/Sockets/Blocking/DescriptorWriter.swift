import CLinux
import Glibc
import Locking

/// Writes lines to a descriptor that must stay blocking, as an inherited standard output has to, on
/// a thread of its own, and notices without writing when nobody reads any more.
///
/// Safe from any thread, but only one task may wait in `write(_:)` and one in `failure()`.
public final class DescriptorWriter: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var request: CheckedContinuation<SocketError?, Never>?
        var watcher: CheckedContinuation<SocketError?, Never>?
        var failure: SocketError?
        var isClosed = false
        /// Milliseconds that somebody may read nothing for, once it matters.
        var patience: Int32?
    }

    private let thread: DescriptorThread
    private let state = Locked(State())

    /// Makes a writer; its thread starts with the first `write(_:)` or `failure()`.
    ///
    /// The descriptor is not closed, by anybody, as long as the writer may be at it.
    ///
    /// - Parameter subject: what errors call it: `standard output`.
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    public init(_ descriptor: Int32, called subject: String) throws(SocketError) {
        thread = try DescriptorThread(descriptor, to: "write", subject)
    }

    /// Writes lines, each with its ending, and returns when the kernel has all of them.
    ///
    /// Cancelling the task closes the writer at once, also in the middle of a line.
    ///
    /// - Throws: `SocketError` if it failed, now or before, or was closed.
    public func write(_ lines: [UInt8]) async throws(SocketError) {
        if lines.isEmpty { return }
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isClosed else { return true }
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

    /// Waits until writing has become impossible and returns why; `nil` when it was closed or the
    /// task cancelled.
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

    /// From now on gives up, with an error, once nobody has read anything for so long while
    /// something waits: whoever goes on reading gets everything.
    public func giveUp(afterStandstillOf patience: Duration = .seconds(2)) {
        state.withLock { $0.patience = Int32(clamping: Int64(patience / .milliseconds(1))) }
        thread.signal()
    }

    /// Writes no more, whatever is left.
    public func close() { end(nil) }

    /// Starts its thread, before anything is written: so that it is known whether there is one.
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
            let (bytes, isClosed) = state.withLock { ($0.bytes, $0.isClosed) }
            if isClosed { return }
            if bytes.isEmpty {
                look(for: [])
            } else if write(all: bytes) {
                let request = state.withLock { state in
                    state.bytes = []
                    return state.request.take()
                }
                request?.resume(returning: nil)
            }
        }
    }

    /// Writes everything, or returns false because it is over.
    private func write(all bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                if state.withLock({ $0.isClosed }) { return false }
                guard look(for: .writable) else { continue }
                switch LineOutput.write(rest, to: thread.descriptor) {
                case .written(let count): rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                case .later: break
                case .failed(let code): end(thread.error(code))
                }
            }
            return true
        }
    }

    /// Waits, and says whether it can be written to.
    ///
    /// That it can be read is nothing: a terminal is often one descriptor for both directions.
    @discardableResult
    private func look(for events: PollEvents) -> Bool {
        let patience = events.isEmpty ? nil : state.withLock { $0.patience }
        let start = ContinuousClock.now
        let ready = thread.wait(for: events, milliseconds: patience ?? -1)
        if !ready.isDisjoint(with: .broken) {
            end(thread.error(EPIPE))
        } else if let patience, ready.isEmpty, start.duration(to: .now) >= .milliseconds(patience) {
            end(thread.error(reason: "nobody reads it"))
        }
        return ready.isDisjoint(with: .broken) && ready.contains(.writable)
    }
}
