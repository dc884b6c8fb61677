extension Timestamp {
    /// The moment as ISO 8601 writes it, with milliseconds: `2026-02-28T23:59:59.007Z`.
    package var inUTC: String {
        let (days, inDay) = Self.floor(milliseconds, by: 86_400_000)
        let (year, month, day) = Self.date(ofDay: days)
        let (minutes, inMinute) = Self.floor(inDay, by: 60_000)
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let time = "\(Self.padded(minutes / 60, 2)):\(Self.padded(minutes % 60, 2))"
        let second = "\(Self.padded(inMinute / 1_000, 2)).\(Self.padded(inMinute % 1_000, 3))"
        return "\(date)T\(time):\(second)Z"
    }

    /// Returns the date of a day counted from 1970-01-01, in the Gregorian calendar.
    ///
    /// Years are taken to begin in March, so that the leap day is the last of one, and counted in
    /// eras of 400, which all have 146,097 days.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 719,468 days lie between 0000-03-01 and 1970-01-01.
        let (era, inEra) = floor(day + 719_468, by: 146_097)
        let year = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * year + year / 4 - year / 100)
        // Five months from March on always have 153 days.
        let month = (5 * inYear + 2) / 153
        let isNextYear = month >= 10
        return (
            era * 400 + year + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            inYear - (153 * month + 2) / 5 + 1
        )
    }

    private static func floor(_ value: Int64, by step: Int64) -> (Int64, Int64) {
        let rest = (value % step + step) % step
        return ((value - rest) / step, rest)
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
