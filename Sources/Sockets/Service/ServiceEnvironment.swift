import Glibc

/// The variables by which a service manager such as systemd tells a process what it expects of it:
/// sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).
package struct ServiceEnvironment: Sendable, Equatable {
    /// A socket that the process was started with.
    package struct Descriptor: Sendable, Equatable {
        /// The number of the descriptor, from 3 on.
        package let number: Int32
        /// The name that the manager gives it (`FileDescriptorName=`); `nil` if it gives none.
        package let name: String?
    }

    /// The path of the socket that takes notifications, or `@` and a name; `nil` if nobody asks.
    package private(set) var notifySocket: String?
    /// The time within which the manager wants to hear that the process is alive; `nil` if it does
    /// not ask this process.
    package private(set) var watchdogTimeout: Duration?
    /// The sockets that the process was started with.
    package private(set) var descriptors: [Descriptor] = []

    /// The variables that are read, and others that belong to them.
    private static let names = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID",
        "LISTEN_PIDFDID", "LISTEN_FDNAMES",
    ]
    /// The first descriptor that a manager passes (sd_listen_fds(3), SD_LISTEN_FDS_START).
    private static let firstDescriptor: Int32 = 3
    /// Descriptors at most: more than a manager allows a process by default
    /// (`DefaultLimitNOFILE=`).
    private static let maxDescriptors: Int32 = 1_024

    /// Makes the environment of a process that nobody manages, or of one that is asked for
    /// notifications.
    package init(notifySocket: String? = nil) { self.notifySocket = notifySocket }

    /// Reads the variables of a process.
    init(of process: pid_t, _ variable: (String) -> String?) {
        notifySocket = variable("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 }
        if let microseconds = variable("WATCHDOG_USEC").flatMap(UInt64.init), microseconds > 0,
            variable("WATCHDOG_PID").map({ $0 == "\(process)" }) ?? true
        {
            watchdogTimeout = .microseconds(Int64(clamping: microseconds))
        }
        guard variable("LISTEN_PID") == "\(process)",
            let count = variable("LISTEN_FDS").flatMap(Int32.init), count > 0
        else { return }
        let names =
            variable("LISTEN_FDNAMES")?
            .split(separator: ":", omittingEmptySubsequences: false).map(String.init) ?? []
        descriptors = (0..<min(count, Self.maxDescriptors)).map { index in
            let name = Int(index) < names.count ? names[Int(index)] : ""
            return Descriptor(
                number: Self.firstDescriptor + index, name: name.isEmpty ? nil : name)
        }
    }

    /// Reads the variables of this process and removes them, so that no program that it starts
    /// takes them for its own.
    ///
    /// Must be called once, before anything is opened and before any other thread exists.
    package static func consume() -> ServiceEnvironment {
        var environment = ServiceEnvironment(of: getpid()) { name in
            unsafe String(lent: getenv(name))
        }
        for name in names { unsafe unsetenv(name) }
        // Those that are open; a program that this one would start must not inherit them.
        environment.descriptors.removeAll { descriptor in
            let flags = fcntl(descriptor.number, F_GETFD)
            return flags < 0 || fcntl(descriptor.number, F_SETFD, flags | FD_CLOEXEC) < 0
        }
        return environment
    }
}
