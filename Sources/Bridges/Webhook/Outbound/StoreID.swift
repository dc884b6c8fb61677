import MessageBus

/// The name of the store in ids of requests: random, made once and kept, so that the numbers of
/// another store make other ids.
enum StoreID {
    /// The name of the checkpoint.
    static let checkpointKey = "store"

    /// Returns the name that is kept, or makes one.
    static func load(_ port: Port) async throws -> String {
        if let state = try await port.checkpoint(checkpointKey) {
            return String(decoding: state, as: UTF8.self)
        }
        var random = SystemRandomNumberGenerator()
        let number = UInt64.random(in: .min ... .max, using: &random)
        let digits = String(number, radix: 16)
        let id = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        try await port.saveCheckpoints([Checkpoint(key: checkpointKey, state: Array(id.utf8))])
        return id
    }
}
