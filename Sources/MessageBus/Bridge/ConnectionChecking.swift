/// A bridge that can try its other side without running, for `puente check --connect`.
public protocol ConnectionChecking: Bridge {
    /// Tries the other side, and returns what was found.
    ///
    /// Called on a bridge that does not run and may be running elsewhere: it must create nothing,
    /// change nothing, and send nothing to anybody. A check that takes longer than ten seconds is
    /// not waited for.
    func checkConnection() async -> [ConnectionFinding]
}
