/// The forms in which metrics are exposed.
package enum ExpositionFormat: Sendable {
    /// Prometheus' text format, version 0.0.4.
    case text
    /// OpenMetrics, version 1.0.0.
    case openMetrics

    /// The value of `Content-Type`.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// Chooses the form that a client likes best (RFC 9110, 12.5.1); text if it does not say.
    ///
    /// - Parameter ranges: the elements of `Accept`.
    package init(accepting ranges: [String]) {
        var (text, open) = (0.0, 0.0)
        for range in ranges {
            let parts = range.split(separator: ";").map { part in
                String(part.filter { $0 != " " && $0 != "\t" }).lowercased()
            }
            let quality =
                parts.dropFirst().first { $0.hasPrefix("q=") }
                .flatMap { Double($0.dropFirst(2)) } ?? 1
            let version = parts.dropFirst().first { $0.hasPrefix("version=") }?.dropFirst(8)
            switch parts.first {
            case "application/openmetrics-text":
                if version == nil || version == "1.0.0" || version == "0.0.1" {
                    open = max(open, quality)
                }
            case "text/plain", "text/*", "*/*": text = max(text, quality)
            default: break
            }
        }
        self = open > 0 && open >= text ? .openMetrics : .text
    }
}
