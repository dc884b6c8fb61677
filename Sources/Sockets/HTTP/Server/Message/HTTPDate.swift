import Glibc

/// The time as a field of a header has it (RFC 9110, 5.6.7), kept for a second.
struct HTTPDate {
    private var second: Int64 = -1
    private var text: [UInt8] = []

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Returns `Sun, 06 Nov 1994 08:49:37 GMT`.
    mutating func bytes(at time: Timestamp) -> [UInt8] {
        let now = time.milliseconds / 1_000
        if now != second {
            second = now
            text = Array(Self.text(now).utf8)
        }
        return text
    }

    private static func text(_ second: Int64) -> String {
        var (time, parts) = unsafe (time_t(second), tm())
        unsafe gmtime_r(&time, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return unsafe """
        \(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \
        \(parts.tm_year + 1_900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\
        \(two(parts.tm_sec)) GMT
        """
    }
}
