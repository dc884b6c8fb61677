import CSQLite
import Locking

/// Moves what is committed from the log beside the database into it, on a thread and a connection of
/// its own, so that no commit waits for that.
///
/// The log begins anew only when all of it is moved and nobody reads it; while messages come without
/// a pause there is always a little more. So this thread moves it in pieces, and when it is long has
/// the store's thread move the rest between two commits, as soon as that is little. Safe from any
/// thread.
final class Checkpointer: Sendable {
    /// Pages of the log from which on they are moved: 4 MiB, a moment's work for a disk.
    private static let piece: Int32 = 1_000
    /// Pages of the log from which on it is to begin anew.
    private static let enough: Int32 = 4_000
    /// Pages that the store's thread moves between two commits: a few milliseconds.
    private static let rest: Int32 = 250
    /// Pages of the log from which on the store's thread moves them however many they are: 128 MiB.
    private static let tooMany: Int32 = 32_000

    private struct State {
        /// Pages in the log, by the latest commit.
        var pages: Int32 = 0
        /// Pages of it that are moved.
        var moved: Int32 = 0
        /// Whether there is a connection: else the store's thread does all of it.
        var isConnected = false
        /// Whether this thread moves some, and whether the store's thread is about to.
        var isMoving = false
        var isWritersTurn = false
        /// Pages of the log before which the store's thread has no turn.
        var nextTurn: Int32 = 0
        var isClosed = false
    }

    /// The connection, which is only used under the lock.
    private final class Connection: @unchecked Sendable {  // see the line above
        var database: Database?
    }

    private let monitor = Monitor(State())
    private let connection = Locked(Connection())

    // MARK: - The store's thread

    /// Opens a connection to the file that was just opened.
    ///
    /// Never at another moment: a file that has taken its place would be given its log.
    func begin(_ writeConnection: WriteConnection) {
        let database = try? Database(writeConnection.database.path, .companion)
        // Before it has read something, a connection knows of no log.
        let isReady = (try? database?.number("PRAGMA schema_version")) != nil
        let isSame = isReady && database?.identity == writeConnection.database.identity
        connection.withLock { $0.database = isSame ? database : nil }
        monitor.withLock { state in
            (state.pages, state.moved, state.nextTurn) = (0, 0, 0)
            state.isConnected = isSame
        }
    }

    /// Notes how many pages the log has after a commit.
    ///
    /// Returns whether the store's thread is to move the rest itself, now.
    func note(pages: Int32) -> Bool {
        let (wakes, isWritersTurn) = monitor.withLock { state -> (Bool, Bool) in
            // It has begun anew.
            if pages < state.pages { (state.moved, state.nextTurn) = (0, 0) }
            state.pages = pages
            if !state.isConnected { return (false, pages >= Self.enough) }
            state.isWritersTurn = !state.isMoving && isRestLittle(state)
            // A reader may keep it from beginning anew: then not again at the next commit.
            if state.isWritersTurn { state.nextTurn = pages + Self.rest }
            return (isDue(state), state.isWritersTurn)
        }
        if wakes { monitor.wake() }
        return isWritersTurn
    }

    /// Whether there is so little left that the log can begin anew, or the log is too long.
    ///
    /// A slow disk never gets to the last few pages: the longer the log, the more may be left.
    private func isRestLittle(_ state: State) -> Bool {
        state.pages >= max(Self.enough, state.nextTurn)
            && (state.pages - state.moved <= Self.rest + (state.pages - Self.enough) / 4
                || state.pages >= Self.tooMany)
    }

    /// Whether this thread has something to do.
    private func isDue(_ state: State) -> Bool {
        let least = state.pages >= Self.enough ? Self.rest : Self.piece
        return state.isConnected && !state.isWritersTurn && state.pages - state.moved > least
    }

    /// Notes how many pages of the log are moved by now, `nil` if none could be.
    ///
    /// Returns whether there are more than before.
    @discardableResult
    func note(moved: Int32?) -> Bool {
        monitor.withLock { state in
            (state.isMoving, state.isWritersTurn) = (false, false)
            // What was counted of a log that has begun anew meanwhile does not count.
            guard let moved, moved <= state.pages else { return false }
            defer { state.moved = moved }
            return moved != state.moved
        }
    }

    /// Closes the connection, for the file is to be left or closed; waits for a piece under way.
    func letGo() {
        connection.withLock { $0.database = nil }
        monitor.withLock { state in
            (state.pages, state.moved, state.nextTurn) = (0, 0, 0)
            state.isConnected = false
        }
    }

    /// Ends the thread and closes the connection.
    func close() {
        monitor.withLock { $0.isClosed = true }
        monitor.wake()
        letGo()
    }

    // MARK: - Its own thread

    /// Moves pieces until it is closed.
    func run() {
        while waitForPages() {
            let moved = connection.withLock { $0.database?.checkpoint() }
            // If not, it can't be now: a reader needs it, or the disk is full. Later it may.
            if !note(moved: moved) { rest() }
        }
    }

    private func waitForPages() -> Bool {
        monitor.wait { state in
            if state.isClosed { return .done(false) }
            state.isMoving = isDue(state)
            return state.isMoving ? .done(true) : .sleep(until: nil)
        }
    }

    private func rest() {
        let end = monotonicNow() + 100_000_000
        monitor.wait { state in
            state.isClosed || monotonicNow() >= end ? .done(()) : .sleep(until: end)
        }
    }
}
