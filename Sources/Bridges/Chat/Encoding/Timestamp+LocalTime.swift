import MessageBus

extension Timestamp {
    /// The time in the process's time zone, for people: `2026-11-22 13:05:10`; `- -` if the year is
    /// too large.
    package var inLocalTime: String {
        var bytes: [UInt8] = []
        LocalTime.append(self, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
