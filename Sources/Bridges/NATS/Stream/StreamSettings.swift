import JSON
import TimeUnits

/// The stream that instances share, as it is made where it isn't there.
struct StreamSettings: Sendable {
    var name: String
    var replicas: Int
    /// The time for which it keeps messages.
    var maxAge: Duration
    /// Bytes that it keeps.
    var maxBytes: Int

    /// The time in which the broker knows a message again by its name.
    private static let window: Duration = .seconds(600)
    /// The shortest such time with which messages that are published again do not count twice.
    static let shortestWindow: Duration = .seconds(120)

    /// The configuration as JetStream takes it.
    var configuration: JSON {
        .object([
            "name": .text(name), "subjects": .list([.text(FleetSubject.all)]),
            "retention": .text("limits"), "storage": .text("file"), "discard": .text("old"),
            "max_consumers": .integer(-1), "max_msgs": .integer(-1), "max_msg_size": .integer(-1),
            "max_age": .integer(maxAge.inNanoseconds), "max_bytes": .integer(Int64(maxBytes)),
            "num_replicas": .integer(Int64(replicas)),
            "duplicate_window": .integer(Self.window.inNanoseconds),
        ])
    }
}
