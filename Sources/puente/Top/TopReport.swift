import JSON

/// A snapshot of the running daemon's counters, read from its status.
struct TopReport: Equatable {
    /// A bridge.
    struct Bridge: Equatable {
        var name: String
        var state: String
        /// The reason for the bridge's state; empty if there is nothing to say.
        var reason = ""
        /// Messages that the bridge brought in and the chain let pass.
        var passed: Int64 = 0
        /// Messages that the bridge brought in and the chain dropped.
        var dropped: Int64 = 0
        /// Messages that its readers were handed, counted once for each reader.
        var deliveries: Int64 = 0
        /// Messages that wait for its readers.
        var waiting: Int64 = 0
        /// Age of the oldest message that waits, in seconds.
        var oldestWaiting = 0.0
        /// Connections that are open; `nil` for a bridge that has none.
        var connections: Int64?
    }

    /// A room.
    struct Room: Equatable {
        var name: String
        var people: Int64 = 0
        /// Events in its log since the daemon began, including joins and leaves.
        var events: Int64 = 0
    }

    /// The moment at which the report came, in seconds of any monotonic clock.
    var moment: Double
    /// The daemon's name and version.
    var title: String
    var isReady = true
    /// Bytes of memory that the daemon occupies.
    var memory: Int64?
    /// The time through the bus that half of the latest messages stayed below, in seconds.
    var medianDelay: Double?
    /// The time through the bus that the slowest hundredth of them reached or exceeded, in seconds.
    var slowestDelay: Double?
    /// The state of the store; `none` without a store.
    var store = "none"
    /// Bytes that wait to be stored.
    var storeBacklog: Int64 = 0
    /// The reason why the last reload was refused; `nil` if it was not.
    var refusal: String?
    /// False while the bus does not answer: then there are no figures of rooms and bridges.
    var hasFigures = true
    var bridges: [Bridge] = []
    var rooms: [Room] = []
}

extension TopReport {
    /// Reads the answer to `status`; a missing figure counts as zero.
    ///
    /// - Parameter moment: the moment at which the answer came, in seconds.
    init(_ status: JSON, at moment: Double) {
        let name = status["name"].string ?? ""
        self.init(moment: moment, title: "\(name) \(status["version"].string ?? "")")
        isReady = status["ready"].isTrue
        memory = status["memoryBytes"].integer
        medianDelay = status["delay"]["median"].double
        slowestDelay = status["delay"]["slowest"].double
        store = status["store"]["state"].string ?? "none"
        storeBacklog = status["store"]["backlogBytes"].integer ?? 0
        if status["reload"].isPresent, !status["reload"]["successful"].isTrue {
            refusal = status["reload"]["reason"].string ?? ""
        }
        hasFigures = status["rooms"].isPresent
        bridges = status["bridges"].elements.map { Bridge($0) }
        rooms = status["rooms"].elements.map { room in
            Room(
                name: room["name"].string ?? "", people: room["people"].integer ?? 0,
                events: room["events"].integer ?? 0)
        }
    }
}

extension TopReport.Bridge {
    fileprivate init(_ bridge: JSON) {
        name = bridge["name"].string ?? ""
        state = bridge["state"].string ?? ""
        reason = bridge["reason"].string ?? ""
        passed = bridge["passed"].integer ?? 0
        dropped = bridge["dropped"].integer ?? 0
        deliveries = bridge["deliveries"].integer ?? 0
        waiting = bridge["waiting"].integer ?? 0
        oldestWaiting = bridge["oldestWaitingSeconds"].double ?? 0
        connections = bridge["connections"].integer
    }
}
