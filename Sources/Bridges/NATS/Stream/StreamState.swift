import JSON
import TimeUnits

/// A stream as the broker describes it.
struct StreamState: Sendable, Equatable {
    /// A copy of the stream on another server.
    struct Replica: Sendable, Equatable {
        let name: String
        let isCurrent: Bool
    }

    var name = ""
    /// The time at which it was made, in the broker's words.
    var created = ""
    var first: UInt64 = 0
    var last: UInt64 = 0
    var messages: UInt64 = 0
    var bytes: UInt64 = 0
    var maxBytes: Int64 = -1
    /// The server that leads it; empty where there is no cluster.
    var leader = ""
    var replicas: [Replica] = []

    /// Makes an empty state.
    init() {}

    /// Reads the answer to `STREAM.INFO` or `STREAM.CREATE`.
    init(_ answer: JSON) {
        name = answer["config"]["name"].string ?? ""
        created = answer["created"].string ?? ""
        let state = answer["state"]
        first = Self.number(state["first_seq"])
        last = Self.number(state["last_seq"])
        messages = Self.number(state["messages"])
        bytes = Self.number(state["bytes"])
        maxBytes = answer["config"]["max_bytes"].integer ?? -1
        leader = answer["cluster"]["leader"].string ?? ""
        replicas = answer["cluster"]["replicas"].elements.map {
            Replica(name: $0["name"].string ?? "", isCurrent: $0["current"].isTrue)
        }
    }

    /// True unless most copies of the stream are behind or missing.
    var hasMajority: Bool {
        (replicas.count(where: \.isCurrent) + 1) * 2 > replicas.count + 1
    }

    private static func number(_ json: JSON) -> UInt64 {
        json.integer.flatMap { UInt64(exactly: $0) } ?? 0
    }

    /// Returns the reason why a stream can't be used; `nil` if it can.
    static func reasonToRefuse(_ answer: JSON) -> String? {
        let (configuration, name) = (answer["config"], answer["config"]["name"].string ?? "")
        if let retention = configuration["retention"].string, retention != "limits" {
            return "the stream \(name) has retention \"\(retention)\": it must be \"limits\""
        }
        let window = Duration.nanoseconds(configuration["duplicate_window"].integer ?? 0)
        if window < StreamSettings.shortestWindow {
            return """
                the stream \(name) recognizes repeated messages for only \(window.wholeSeconds) s: \
                its duplicate window must be at least two minutes
                """
        }
        return nil
    }
}
