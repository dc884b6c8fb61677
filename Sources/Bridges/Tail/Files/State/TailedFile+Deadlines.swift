import TimeUnits

// The times at which a file needs work although nothing happens to it, as its phase and its last
// change tell them.
extension TailedFile {
    /// Returns the time at which a lost file has been quiet for long enough; `nil` in other phases.
    func quietEnd(_ configuration: TailConfiguration) -> MonotonicTime? {
        phase.lostSince.map { max($0, observed.changed) + configuration.rotateWait }
    }

    /// Returns true if a pause completes the message that waits at the end of the file.
    func settles(_ configuration: TailConfiguration) -> Bool {
        configuration.start != nil || reading.form.isUndecided
    }

    /// Returns the time at which the file needs work although nothing happens to it; `nil` if
    /// never.
    func deadline(_ configuration: TailConfiguration) -> MonotonicTime? {
        let quiet = quietEnd(configuration)
        guard reading.hasPending, settles(configuration) else { return quiet }
        let settled = observed.changed + configuration.settlesAfter
        return min(settled, quiet ?? settled)
    }

    /// Returns the state of the file's end; `nil` if it need not be read.
    func end(_ configuration: TailConfiguration, now: MonotonicTime) -> MessageSplitter.End? {
        let settles = settles(configuration)
        if !isDirty {
            if let end = quietEnd(configuration), now >= end { return .final }
            if !settles || !reading.hasPending { return nil }
        }
        // A late writer that never stops must not hold up the newer files for ever.
        let isOld = phase.lostSince.map { now >= $0 + configuration.rotateWait } ?? false
        let isSettled =
            settles && (isOld || now >= observed.changed + configuration.settlesAfter)
        return isSettled ? .settled : isDirty ? .open : nil
    }
}
