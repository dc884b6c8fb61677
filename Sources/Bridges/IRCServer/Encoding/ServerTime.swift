import Glibc
import MessageBus

/// Times as `server-time` writes them: `2026-11-29T19:05:10.123Z`.
enum ServerTime {
    /// Appends a time.
    static func append(_ moment: Timestamp, to bytes: inout [UInt8]) {
        let (days, time) = divide(moment.milliseconds, by: 86_400_000)
        let (year, month, day) = date(ofDay: days)
        append(year, 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(month, 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(day, 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(time / 3_600_000, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(time / 60_000 % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(time / 1_000 % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        append(time % 1_000, 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Returns a time as text.
    static func text(_ moment: Timestamp) -> String {
        var bytes: [UInt8] = []
        append(moment, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a time; `nil` for what is no such time.
    static func read(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard (20...24).contains(bytes.count), bytes.last == UInt8(ascii: "Z"),
            let year = number(bytes, 0..<4), bytes[4] == UInt8(ascii: "-"),
            let month = number(bytes, 5..<7), (1...12).contains(month),
            bytes[7] == UInt8(ascii: "-"),
            let day = number(bytes, 8..<10), (1...31).contains(day), bytes[10] == UInt8(ascii: "T"),
            let hour = number(bytes, 11..<13), hour < 24, bytes[13] == UInt8(ascii: ":"),
            let minute = number(bytes, 14..<16), minute < 60, bytes[16] == UInt8(ascii: ":"),
            let second = number(bytes, 17..<19), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let digits = 20..<bytes.count - 1
            guard bytes[19] == UInt8(ascii: "."), let read = number(bytes, digits) else {
                return nil
            }
            fraction = read * [1_000, 100, 10, 1][digits.count]
        }
        let seconds = hour * 3_600 + minute * 60 + second
        let days = self.day(year, month, day)
        return Timestamp(milliseconds: (days * 86_400 + seconds) * 1_000 + fraction)
    }

    private static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
        var value: Int64 = 0
        for byte in bytes[range] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }

    private static func append(_ number: Int64, _ digits: Int, to bytes: inout [UInt8]) {
        var unit: Int64 = 1
        for _ in 1..<digits { unit *= 10 }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / unit % 10))
            unit /= 10
        }
    }

    private static func divide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
        let rest = (value % divisor + divisor) % divisor
        return ((value - rest) / divisor, rest)
    }

    /// Returns the date of a day since 1970, in the Gregorian calendar; the year begins in March
    /// here, so that the leap day is its last.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divide(day + 719_468, by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
        return (
            year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    /// Returns the day since 1970 of a date.
    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = divide(year, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
