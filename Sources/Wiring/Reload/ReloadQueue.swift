/// The order of reloads: one at a time, at most one waiting command, and one more reload for all
/// signals that come meanwhile.
///
/// Confined to the reloader.
struct ReloadQueue {
    /// The answer to somebody who wants to reload.
    enum Admission {
        /// It may begin.
        case begin
        /// It has to wait for its turn.
        case wait
        /// Another command is waiting already.
        case full
    }

    private var isBusy = true
    private var isSignalled = false
    private var waiter: CheckedContinuation<Void, Never>?

    /// Asks for a command's turn.
    mutating func admitCommand() -> Admission {
        if waiter != nil { return .full }
        if isBusy { return .wait }
        isBusy = true
        return .begin
    }

    /// Records a signal; returns true if its reload may begin.
    mutating func admitSignal() -> Bool {
        if isBusy {
            isSignalled = true
            return false
        }
        isBusy = true
        return true
    }

    /// Keeps a command that waits.
    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) { waiter = continuation }

    /// Ends the turn of a reload, or of the start; returns true if a signal's reload is next.
    ///
    /// A waiting command is resumed first; a signal's reload comes after that.
    mutating func endTurn() -> Bool {
        if let waiter {
            self.waiter = nil
            waiter.resume()
            return false
        }
        if isSignalled {
            isSignalled = false
            return true
        }
        isBusy = false
        return false
    }
}
