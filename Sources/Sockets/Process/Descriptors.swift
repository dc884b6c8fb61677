import Glibc

/// The limit of descriptors of the process.
public enum Descriptors {
    /// Raises the soft limit to the hard one (getrlimit(2)).
    public static func raiseLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Number of descriptors that the process may have at present.
    public static var limit: Int {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// The number of one server's connections for which the system has descriptors.
    ///
    /// An eighth of the limit, and 64 more, are kept for the loop, files, other servers, and
    /// refused clients that are still reading the reason.
    package static var availableConnections: Int {
        let limit = limit
        return max(limit - limit / 8 - 64, limit / 2)
    }
}
