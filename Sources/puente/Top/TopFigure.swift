/// Figures as `puente top` writes them: at most seven characters, whatever their size.
enum TopFigure {
    /// Returns a rate per second, with one decimal below 1,000; `-` if it is not known.
    static func rate(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "-" }
        if value >= 9_999_999 { return ">9.9e6" }
        return value < 1_000 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
    }

    /// Returns a time in a suitable unit; `-` for none.
    ///
    /// - Parameter seconds: the time; zero or less counts as none.
    static func duration(_ seconds: Double) -> String {
        guard seconds > 0, seconds.isFinite else { return "-" }
        switch seconds {
        case ..<0.001: return "\(Int((seconds * 1e6).rounded())) µs"
        case ..<1: return "\(Int((seconds * 1e3).rounded())) ms"
        case ..<100: return "\((seconds * 10).rounded() / 10) s"
        case ..<6_000: return "\(Int(seconds / 60)) min"
        case ..<360_000: return "\(Int(seconds / 3_600)) h"
        default: return "\(Int(min(seconds / 86_400, 99_999))) d"
        }
    }

    /// Returns a number of bytes in a suitable binary unit.
    static func size(_ bytes: Int64) -> String {
        var (value, unit) = (Double(max(0, bytes)), 0)
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1_024, unit < units.count - 1 { (value, unit) = (value / 1_024, unit + 1) }
        return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}
