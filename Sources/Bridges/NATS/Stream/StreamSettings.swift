import JSON
import TimeUnits

/// The settings with which the shared stream is made where there is none.
struct StreamSettings: Sendable {
    var name: String
    var replicas: Int
    /// The time for which the stream keeps messages.
    var maxAge: Duration
    /// Bytes that it keeps.
    var maxBytes: Int

    /// The time within which the broker recognises a repeated message by its name.
    private static let window: Duration = .seconds(600)
    /// The shortest such time with which messages that are published again are not counted twice.
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
