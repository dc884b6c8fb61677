import MessageBus

/// The screen of `puente top`, made of two reports.
struct TopTable {
    private let report: TopReport
    private let order: TopOrder
    private let size: TopSize
    private let bridges: [TopRow]
    private let rooms: [TopRow]

    /// The titles of a bridge's cells, with the width of each.
    private static let bridgeColumns = [
        ("STATE", -9), ("IN/S", 7), ("OUT/S", 7), ("DROP/S", 7), ("WAITING", 7), ("AGE", 7),
        ("CONN", 5),
    ]
    /// The titles of a room's cells; those that bridges have too stand below theirs.
    private static let roomColumns = [("", -9), ("IN/S", 7), ("PEOPLE", 7)]
    /// The widest column of names; behind it stand the reasons.
    private static let maxNameLength = 40
    /// The least width at which reasons are shown: they have at least some 25 characters behind the
    /// figures.
    private static let widthWithReasons = 120
    /// Lines that are always there: two of the daemon, two titles, two empty ones, the keys.
    private static let fixedLines = 7

    /// Makes a screen.
    ///
    /// - Parameters:
    ///   - earlier: the report before; `nil` if there was none, and so no rate is known.
    ///   - size: the terminal's size; no part of the screen exceeds it.
    init(_ report: TopReport, since earlier: TopReport?, order: TopOrder, size: TopSize) {
        self.report = report
        self.order = order
        self.size = size
        let earlier = earlier.flatMap { $0.hasFigures && report.hasFigures ? $0 : nil }
        let seconds = earlier.map { report.moment - $0.moment } ?? 0
        let bridges = report.bridges.map { bridge in
            TopRow(
                bridge, since: earlier?.bridges.first { $0.name == bridge.name },
                seconds: seconds, hasFigures: report.hasFigures)
        }
        let rooms = report.rooms.map { room in
            TopRow(room, since: earlier?.rooms.first { $0.name == room.name }, seconds: seconds)
        }
        self.bridges = TopRow.sort(bridges, by: order)
        self.rooms = TopRow.sort(rooms, by: order)
    }

    /// The lines, as many as the terminal has; the last one lists the keys.
    var lines: [TopLine] {
        let space = max(2, size.rows - Self.fixedLines)
        // Rooms get the lines that bridges leave, and at least a third.
        let roomSpace = min(rooms.count, max(space - bridges.count, space / 3, 1))
        let bridgeSpace = min(bridges.count, space - roomSpace)
        var lines = [TopLine(text: daemonLine), TopLine(text: storeLine), TopLine(text: "")]
        lines += section("BRIDGE", Self.bridgeColumns, bridges, bridgeSpace)
        lines.append(TopLine(text: ""))
        if report.hasFigures {
            lines += section("ROOM", Self.roomColumns, rooms, roomSpace)
        } else {
            lines.append(TopLine(text: "the bus does not answer: there are no figures"))
        }
        lines = Array(lines.prefix(max(0, size.rows - 1)))
        while lines.count < size.rows - 1 { lines.append(TopLine(text: "")) }
        lines.append(TopLine(text: keys, isTitle: true))
        return lines.map { TopLine(text: fit($0.text), isTitle: $0.isTitle) }
    }

    private var daemonLine: String {
        var parts = ["\(report.title): \(report.isReady ? "ready" : "not ready")"]
        if let memory = report.memory { parts.append("memory \(TopFigure.size(memory))") }
        if let median = report.medianDelay, let slowest = report.slowestDelay {
            parts.append(
                "delay \(TopFigure.duration(median)), "
                    + "slowest \(TopFigure.duration(slowest))")
        }
        return parts.joined(separator: "   ")
    }

    /// The line below the title, with any problem that is shown nowhere else.
    private var storeLine: String {
        var parts: [String] = []
        if let refusal = report.refusal { parts.append("reload refused: \(refusal)") }
        let backlog = TopFigure.size(report.storeBacklog)
        parts.append(
            report.store == "none"
                ? "store none: nothing outlives the process"
                : "store \(report.store), \(backlog) to be stored")
        if isNarrow, let bridge = bridges.first(where: { !$0.remark.isEmpty }) {
            parts.append("\(bridge.name): \(bridge.remark)")
        }
        return parts.joined(separator: "   ")
    }

    private var keys: String {
        let orders = TopOrder.allCases.map { order in
            let text = "\(order.rawValue) \(order.word)"
            return order == self.order ? "[\(text)]" : text
        }
        return "q quits   sort by: \(orders.joined(separator: "  "))"
    }

    /// Returns titles and rows; the last line says how many rows there was no space for.
    private func section(
        _ title: String, _ columns: [(title: String, width: Int)], _ rows: [TopRow], _ space: Int
    ) -> [TopLine] {
        var lines = [TopLine(text: line(title, columns.map(\.title), columns), isTitle: true)]
        let shown = rows.count > space ? max(0, space - 1) : rows.count
        lines += rows.prefix(shown).map { row in
            let text = line(row.name, row.cells, columns)
            return TopLine(
                text: row.remark.isEmpty || isNarrow ? text : "\(text)  \(row.remark)")
        }
        if rows.count > shown { lines.append(TopLine(text: "… \(rows.count - shown) more")) }
        return lines
    }

    private func line(
        _ name: String, _ cells: [String], _ columns: [(title: String, width: Int)]
    ) -> String {
        var text = pad(name.onOneLine, to: -nameWidth)
        for (cell, column) in zip(cells, columns) { text += " " + pad(cell, to: column.width) }
        return text
    }

    /// True if there is no space for reasons behind the figures.
    private var isNarrow: Bool { size.columns < Self.widthWithReasons }

    /// The width for names: what the cells of bridges leave.
    private var nameWidth: Int {
        let cells = Self.bridgeColumns.reduce(0) { $0 + abs($1.1) + 1 }
        return min(max(size.columns - cells, 8), Self.maxNameLength)
    }

    /// Pads a text with spaces, in front if the width is positive, otherwise behind.
    private func pad(_ text: String, to width: Int) -> String {
        let text = text.shortened(to: abs(width))
        let spaces = String(repeating: " ", count: abs(width) - text.count)
        return width < 0 ? text + spaces : spaces + text
    }

    /// Cuts a line to the terminal's width, and removes spaces at its end and characters that could
    /// upset the terminal.
    private func fit(_ text: String) -> String {
        let text = text.onOneLine.shortened(to: max(1, size.columns))
        return String(text.reversed().drop { $0 == " " }.reversed())
    }
}
