import CSQLite
import Locking
import TimeUnits

/// The part of the store that moves committed pages from the write-ahead log into the database, on
/// a thread and a connection of its own, so that no commit waits for that.
///
/// Safe from any thread. SQLite restarts the log only when all of it is moved and no connection
/// reads it; while messages come without a pause there is always a little more. So this thread
/// moves it in pieces, and when the log is long it has the store's thread move the remainder
/// between two commits, as soon as that is small.
final class Checkpointer: Sendable {
    /// The number of unmoved pages at which moving begins: 4 MiB, a moment's work for a disk.
    private static let movedFrom: Int32 = 1_000
    /// The number of pages in the log at which it is to be restarted.
    private static let restartedFrom: Int32 = 4_000
    /// Pages that the store's thread moves between two commits: a few milliseconds of work.
    private static let writerShare: Int32 = 250
    /// The number of pages in the log at which the store's thread moves all that are left, however
    /// many: 128 MiB.
    private static let maxPages: Int32 = 32_000

    /// The time until pages that could not be moved are tried again.
    private static let retryPause: Duration = .milliseconds(100)

    private struct State {
        /// Pages in the log, by the latest commit.
        var pages: Int32 = 0
        /// Pages of the log that are moved.
        var moved: Int32 = 0
        /// True if this object has a connection; else the store's thread moves all pages.
        var isConnected = false
        /// True while this thread moves pages, and while the store's thread is about to.
        var isMoving = false
        var isWriterToMove = false
        /// Length of the log, in pages, before which the store's thread moves nothing again.
        var nextWriterMove: Int32 = 0
        var isClosed = false
    }

    /// The second connection to the database.
    ///
    /// Owned by `companion`, under its lock.
    private final class CompanionConnection: @unchecked Sendable {  // used under its lock only
        var database: Database?
    }

    private let monitor = Monitor(State())
    private let companion = Locked(CompanionConnection())

    // MARK: - The store's thread

    /// Opens a connection to the file that was just opened.
    ///
    /// Must not be called later: a file that took the other one's place would get its log.
    func open(_ connection: WriteConnection) {
        let database = try? Database(connection.database.path, .companion)
        // A connection knows of the log only after its first read.
        let isReady = (try? database?.number("PRAGMA schema_version")) != nil
        let isSame = isReady && database?.identity == connection.database.identity
        companion.withLock { $0.database = isSame ? database : nil }
        monitor.withLock { state in
            (state.pages, state.moved, state.nextWriterMove) = (0, 0, 0)
            state.isConnected = isSame
        }
    }

    /// Records the length of the log after a commit, in pages.
    ///
    /// Returns true if the store's thread is to move the remainder itself, now.
    func recordLog(pages: Int32) -> Bool {
        let (wakes, isWriterToMove) = monitor.withLock { state -> (Bool, Bool) in
            // SQLite has restarted the log.
            if pages < state.pages { (state.moved, state.nextWriterMove) = (0, 0) }
            state.pages = pages
            if !state.isConnected { return (false, pages >= Self.restartedFrom) }
            state.isWriterToMove = !state.isMoving && isRemainderSmall(state)
            // A reader may prevent the restart: then don't try again at the next commit.
            if state.isWriterToMove { state.nextWriterMove = pages + Self.writerShare }
            return (isDue(state), state.isWriterToMove)
        }
        if wakes { monitor.wake() }
        return isWriterToMove
    }

    /// Returns true if little enough is left to restart the log, or the log is too long.
    ///
    /// A slow disk never reaches the last few pages: the longer the log, the more may be left.
    private func isRemainderSmall(_ state: State) -> Bool {
        state.pages >= max(Self.restartedFrom, state.nextWriterMove)
            && (state.pages - state.moved <= Self.writerShare
                + (state.pages - Self.restartedFrom) / 4
                || state.pages >= Self.maxPages)
    }

    /// Returns true if this thread has pages to move.
    private func isDue(_ state: State) -> Bool {
        let least = state.pages >= Self.restartedFrom ? Self.writerShare : Self.movedFrom
        return state.isConnected && !state.isWriterToMove && state.pages - state.moved > least
    }

    /// Records how many pages of the log are moved by now; `nil` if the attempt failed.
    ///
    /// Returns true if there are more than before.
    @discardableResult
    func recordMoved(_ moved: Int32?) -> Bool {
        monitor.withLock { state in
            (state.isMoving, state.isWriterToMove) = (false, false)
            // A number that belongs to the log before its restart is void.
            guard let moved, moved <= state.pages else { return false }
            defer { state.moved = moved }
            return moved != state.moved
        }
    }

    /// Closes the connection, before the file is left or closed; waits for a move under way.
    func closeConnection() {
        companion.withLock { $0.database = nil }
        monitor.withLock { state in
            (state.pages, state.moved, state.nextWriterMove) = (0, 0, 0)
            state.isConnected = false
        }
    }

    /// Stops the thread and closes the connection.
    func close() {
        monitor.withLock { $0.isClosed = true }
        monitor.wake()
        closeConnection()
    }

    // MARK: - The checkpointer's own thread

    /// Moves pages until `close()`.
    func run() {
        while waitForPages() {
            let moved = companion.withLock { $0.database?.checkpoint() }
            // No progress: a reader needs the pages, or the disk is full. Later it may work.
            if !recordMoved(moved) { pause() }
        }
    }

    private func waitForPages() -> Bool {
        monitor.wait { state in
            if state.isClosed { return .done(false) }
            state.isMoving = isDue(state)
            return state.isMoving ? .done(true) : .sleep(until: nil)
        }
    }

    private func pause() {
        let end = KernelClock.monotonic + Self.retryPause
        monitor.wait { state in
            state.isClosed || KernelClock.monotonic >= end ? .done(()) : .sleep(until: end)
        }
    }
}
