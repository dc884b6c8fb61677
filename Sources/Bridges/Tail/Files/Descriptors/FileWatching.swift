import Sockets

/// The kernel's watch on a tailed file.
enum FileWatching {
    /// There is none: the file has to be polled.
    case none
    /// The kernel reports every write.
    case complete(FileEvents.Watch)
    /// The kernel reports some writes only, as on network file systems: the file has to be polled
    /// as well.
    case partial(FileEvents.Watch)

    /// The watch.
    var watch: FileEvents.Watch? {
        switch self {
        case .none: nil
        case .complete(let watch), .partial(let watch): watch
        }
    }

    /// True if a write may go unreported.
    var needsPolling: Bool { if case .complete = self { false } else { true } }
}
