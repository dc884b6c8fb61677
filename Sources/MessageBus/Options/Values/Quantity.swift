/// A reader of durations and sizes as other programs write them, to suggest the form that is used
/// here.
enum Quantity {
    /// Units of time in milliseconds; a number without a unit is in seconds.
    static let durations: [String: Double] = [
        "": 1_000, "ms": 1, "msec": 1, "millis": 1, "milliseconds": 1, "s": 1_000, "sec": 1_000,
        "secs": 1_000, "second": 1_000, "seconds": 1_000, "seg": 1_000, "segundo": 1_000,
        "segundos": 1_000, "m": 60_000, "min": 60_000, "mins": 60_000, "minute": 60_000,
        "minutes": 60_000, "minuto": 60_000, "minutos": 60_000, "h": 3_600_000, "hr": 3_600_000,
        "hrs": 3_600_000, "hour": 3_600_000, "hours": 3_600_000, "hora": 3_600_000,
        "horas": 3_600_000, "d": day, "day": day, "days": day, "día": day, "días": day, "dia": day,
        "dias": day, "w": 7 * day, "week": 7 * day, "weeks": 7 * day, "semana": 7 * day,
        "semanas": 7 * day, "month": 30 * day, "months": 30 * day, "mes": 30 * day,
        "meses": 30 * day, "y": 365 * day, "year": 365 * day, "years": 365 * day, "año": 365 * day,
        "años": 365 * day,
    ]

    /// Units of size in bytes.
    static let sizes: [String: Double] = [
        "": 1, "b": 1, "byte": 1, "bytes": 1, "k": 1_024, "kb": 1_024, "kib": 1_024,
        "m": 1_048_576, "mb": 1_048_576, "mib": 1_048_576, "g": 1_073_741_824,
        "gb": 1_073_741_824, "gib": 1_073_741_824,
    ]

    private static let day = 86_400_000.0

    /// Returns the sum of `1h30m` or `1.5 h`; nil if it isn't one, isn't whole or is absurdly
    /// large.
    static func sum(of text: String, units: [String: Double]) -> Int64? {
        var rest = Substring(text.lowercased().filter { !$0.isWhitespace })
        // ISO 8601 puts these in front of hours, minutes and seconds.
        if rest.hasPrefix("pt") { rest = rest.dropFirst(2) }
        guard rest.utf8.count <= 40, !rest.isEmpty else { return nil }
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let count = Double(digits), let length = units[String(unit)] else { return nil }
            sum += count * length
        }
        guard sum.rounded() == sum, sum < 1e15 else { return nil }
        return Int64(sum)
    }
}
