import MessageBus

/// The order of a server to be reached by TLS only (IRCv3 strict transport security), and the time
/// until which it is to be obeyed.
struct STSPolicy: Sendable, Equatable {
    /// The name of the server that the policy belongs to.
    let host: String
    /// The port for TLS.
    let port: UInt16
    /// The time until which the policy applies.
    var until: Timestamp

    /// The key of the checkpoint.
    static let checkpointKey = "sts"

    /// Makes a policy.
    init(host: String, port: UInt16, until: Timestamp) {
        self.host = host
        self.port = port
        self.until = until
    }

    /// Reads what the store has kept; `nil` if it is not a policy.
    init?(_ state: [UInt8]) {
        let words = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard words.count == 3, let port = UInt16(words[1]), let until = Int64(words[2]) else {
            return nil
        }
        self.init(host: String(words[0]), port: port, until: Timestamp(milliseconds: until))
    }

    /// The state that the store is to keep.
    var state: [UInt8] { Array("\(host) \(port) \(until.milliseconds)".utf8) }

    /// Returns the number behind a key in the value of the capability `sts`.
    static func number(_ key: String, in value: String) -> Int64? {
        for pair in value.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == key { return Int64(parts[1]) }
        }
        return nil
    }
}
