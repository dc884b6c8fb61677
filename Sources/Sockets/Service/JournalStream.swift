import Glibc

/// The connection of standard error to systemd's journal.
package enum JournalStream {
    /// True if standard error goes to the journal, which adds the time itself and reads a level
    /// from the beginning of each line (systemd.exec(5), `JOURNAL_STREAM`; sd-daemon(3)).
    ///
    /// The variable alone says nothing: standard error may be redirected.
    package static var isStandardError: Bool {
        guard let text = unsafe String(lent: getenv("JOURNAL_STREAM")) else { return false }
        return isDescriptor(STDERR_FILENO, text)
    }

    /// Returns true if a descriptor is the one that `DEVICE:INODE` names.
    static func isDescriptor(_ descriptor: Int32, _ text: String) -> Bool {
        guard let status = SystemCalls.status(of: descriptor) else { return false }
        return text == "\(status.st_dev):\(status.st_ino)"
    }
}
