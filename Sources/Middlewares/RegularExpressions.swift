import Patterns

/// The speed of users' regular expressions, for the daemon's log at the start.
public enum RegularExpressions {
    /// The sentence for the log if they are slow on this system; `nil` if they are not.
    public static var slowness: String? {
        PatternEngine.isNative
            ? nil
            : """
            regular expressions take about ten times as long here: the system gives no memory that is \
            both written and executed (MemoryDenyWriteExecute= in a unit of systemd)
            """
    }
}
