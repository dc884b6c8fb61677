import Chat

/// Why a client is not let in.
enum ConnectionRefusal {
    /// There are as many connections as there may be.
    case full
    /// There are as many from its address.
    case addressIsFull
    /// Too many have come from its address within a short time.
    case tooFast
    /// The system has no descriptor for it.
    case noDescriptor

    /// For the log.
    var reason: String {
        switch self {
        case .full: "there are maxConnections connections"
        case .addressIsFull: "there are maxPerAddress connections from its address"
        case .tooFast: "too many came from its address (connects)"
        case .noDescriptor: "the system has no descriptor for it"
        }
    }
}
