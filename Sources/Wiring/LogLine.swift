import MessageBus

/// The written form of an entry of the daemon's log.
package struct LogLine {
    private let entry: Log.Entry
    private let time: Timestamp?

    /// Makes the line of an entry.
    ///
    /// - Parameter time: when it happened; `nil` for systemd's journal, which knows the time, and
    ///   reads the level from the beginning of the line.
    package init(_ entry: Log.Entry, at time: Timestamp?) {
        self.entry = entry
        self.time = time
    }

    /// The line for people: `2026-11-22T10:00:00.123Z info chat: listening on 0.0.0.0:2000`, or
    /// `<6>info chat: listening on 0.0.0.0:2000`.
    package var text: String {
        let beginning = time.map { "\($0.inUTC) " } ?? entry.level.journalPrefix
        let bridge = entry.bridge.map { "\($0): " } ?? ""
        return "\(beginning)\(entry.level.rawValue) \(bridge)\(entry.sentence.onOneLine)"
    }

    /// The line for programs: one JSON object.
    package var json: String {
        let bridge = entry.bridge.map { ",\"bridge\":\($0.quoted)" } ?? ""
        let beginning = time.map { "{\"time\":\"\($0.inUTC)\"," } ?? entry.level.journalPrefix + "{"
        return """
            \(beginning)"level":"\(entry.level.rawValue)"\(bridge),\
            "message":\(entry.sentence.quoted)}
            """
    }
}

extension Log.Level {
    /// The beginning of a line in systemd's journal: the priorities of syslog(3) in brackets
    /// (sd-daemon(3)).
    package var journalPrefix: String {
        switch self {
        case .debug: "<7>"
        case .info: "<6>"
        case .warning: "<4>"
        case .error: "<3>"
        }
    }
}
