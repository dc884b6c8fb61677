import Glibc
import MessageBus

/// How an entry of the daemon's log is written.
package struct LogLine {
    private let entry: Log.Entry
    private let time: Timestamp

    /// A line for an entry of now.
    package init(_ entry: Log.Entry, at time: Timestamp) {
        self.entry = entry
        self.time = time
    }

    /// For people: `2026-11-22T10:00:00.123Z info chat: listening on 0.0.0.0:2000`.
    package var text: String {
        let bridge = entry.bridge.map { "\($0): " } ?? ""
        return "\(time.written) \(entry.level.rawValue) \(bridge)\(entry.sentence.onOneLine)"
    }

    /// For machines: one JSON object.
    package var json: String {
        let bridge = entry.bridge.map { ",\"bridge\":\($0.quoted)" } ?? ""
        return """
            {"time":"\(time.written)","level":"\(entry.level.rawValue)"\(bridge),\
            "message":\(entry.sentence.quoted)}
            """
    }
}

extension Timestamp {
    /// As RFC 3339 has it, in UTC with milliseconds.
    package var written: String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = [Int(parts.tm_year) + 1_900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let clock = [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return date.map { padded($0, 2) }.joined(separator: "-") + "T"
            + clock.map { padded($0, 2) }.joined(separator: ":")
            + "." + padded(Int(milliseconds % 1_000), 3) + "Z"
    }
}
