import Metrics

/// A snapshot of the bus: its counters and its state.
package struct BusReport: Sendable {
    /// A room, with the people in it and what was said there.
    package struct Room: Sendable {
        package let name: String
        package let people: Int
        /// Events of the room's log since the process began, with those that it began with.
        package let events: UInt64
    }

    /// Drops of the steps of one name, by the code of the drop.
    package struct Step: Sendable {
        package let name: String
        package let drops: [(code: String, count: UInt64)]
    }

    /// The time of the report, by the wall clock.
    package let time: Timestamp
    /// The bridges in the order of the file.
    package let bridges: [BridgeReport]
    package let rooms: [Room]
    package let steps: [Step]
    /// The durations of the loop's turns.
    package let turns: Histogram
    /// The time that texts took through a turn.
    package let messages: Histogram
    /// The store; `nil` if nothing outlives the process.
    package let store: StoreReport?
}
