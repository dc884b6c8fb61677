import MessageBus

/// The written form of an entry of the daemon's log.
package struct LogLine {
    private let entry: Log.Entry
    private let time: Timestamp

    /// Makes the line of an entry.
    package init(_ entry: Log.Entry, at time: Timestamp) {
        self.entry = entry
        self.time = time
    }

    /// The line for people: `2026-11-22T10:00:00.123Z info chat: listening on 0.0.0.0:2000`.
    package var text: String {
        let bridge = entry.bridge.map { "\($0): " } ?? ""
        return "\(time.inUTC) \(entry.level.rawValue) \(bridge)\(entry.sentence.onOneLine)"
    }

    /// The line for programs: one JSON object.
    package var json: String {
        let bridge = entry.bridge.map { ",\"bridge\":\($0.quoted)" } ?? ""
        return """
            {"time":"\(time.inUTC)","level":"\(entry.level.rawValue)"\(bridge),\
            "message":\(entry.sentence.quoted)}
            """
    }
}
