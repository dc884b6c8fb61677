/// A row for a bridge or a room, with its rates between two reports.
struct TopRow {
    let name: String
    /// The cells behind the name.
    let cells: [String]
    /// The remark at the end of the line, if there is room.
    var remark = ""
    private let figures: [TopOrder: Double]

    /// Makes the row of a bridge.
    ///
    /// - Parameters:
    ///   - earlier: the bridge in the previous report; `nil` if it was not there.
    ///   - seconds: the time between the reports.
    ///   - hasFigures: false if the bus did not answer.
    init(
        _ bridge: TopReport.Bridge, since earlier: TopReport.Bridge?, seconds: Double,
        hasFigures: Bool
    ) {
        func rate(_ counter: KeyPath<TopReport.Bridge, Int64>) -> Double? {
            guard hasFigures, let earlier else { return nil }
            return Self.rate(from: earlier[keyPath: counter], to: bridge[keyPath: counter], seconds)
        }
        let incoming = rate(\.passed)
        let outgoing = rate(\.deliveries)
        let dropped = rate(\.dropped)
        name = bridge.name
        remark = bridge.reason
        cells = [
            bridge.state, TopFigure.rate(incoming), TopFigure.rate(outgoing),
            TopFigure.rate(dropped), hasFigures ? "\(bridge.waiting)" : "-",
            hasFigures ? TopFigure.duration(bridge.oldestWaiting) : "-",
            bridge.connections.map { "\($0)" } ?? "-",
        ]
        figures = [
            .incoming: incoming ?? 0, .outgoing: outgoing ?? 0, .dropped: dropped ?? 0,
            .waiting: Double(bridge.waiting), .age: bridge.oldestWaiting,
        ]
    }

    /// Makes the row of a room.
    init(_ room: TopReport.Room, since earlier: TopReport.Room?, seconds: Double) {
        let incoming = earlier.flatMap { Self.rate(from: $0.events, to: room.events, seconds) }
        name = room.name
        cells = ["", TopFigure.rate(incoming), "\(room.people)"]
        figures = [.incoming: incoming ?? 0]
    }

    /// Returns a counter's growth per second; `nil` if the counter began anew or no time has
    /// passed.
    private static func rate(from earlier: Int64, to later: Int64, _ seconds: Double) -> Double? {
        guard seconds > 0, later >= earlier else { return nil }
        return Double(later - earlier) / seconds
    }

    /// Sorts rows, the largest figure first; equal rows stay in the order of the file.
    static func sort(_ rows: [TopRow], by order: TopOrder) -> [TopRow] {
        switch order {
        case .file: return rows
        case .name: return rows.sorted { $0.name < $1.name }
        default:
            return rows.enumerated().sorted { first, second in
                let (left, right) =
                    (first.element.figures[order] ?? 0, second.element.figures[order] ?? 0)
                return left == right ? first.offset < second.offset : left > right
            }.map(\.element)
        }
    }
}
