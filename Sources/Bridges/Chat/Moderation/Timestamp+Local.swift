import MessageBus

extension Timestamp {
    /// The local time, for people.
    package var local: String {
        var bytes: [UInt8] = []
        LocalTime.append(self, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
