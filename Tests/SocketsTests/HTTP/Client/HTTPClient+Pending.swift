@testable import Sockets

extension HTTPClient {
    /// Number of requests under way.
    var pendingCount: Int {
        get async {
            let (loop, transfers) = (loop, transfers)
            return await withCheckedContinuation { continuation in
                loop.perform { continuation.resume(returning: transfers.running.count) }
            }
        }
    }
}
