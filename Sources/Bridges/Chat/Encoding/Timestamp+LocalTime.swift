import MessageBus

extension Timestamp {
    /// The local time, for people: `2026-11-22 13:05:10`.
    package var inLocalTime: String {
        var bytes: [UInt8] = []
        LocalTime.append(self, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
