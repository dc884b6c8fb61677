import MessageBus

extension StatusReport {
    /// The report for people at a terminal, line by line.
    package var lines: [String] {
        var lines = ["\(monitor.name) \(Version.current): \(isReady ? "ready" : "not ready")"]
        lines += readiness.problems.map { "  \($0)" }
        lines += table(bridgeRows, under: ["bridge", "state", "a second", "waiting", ""])
        for bridge in bus?.bridges ?? [] where !bridge.gauges.notes.isEmpty {
            lines += ["", bridge.name] + bridge.gauges.notes.map { "  \($0)" }
        }
        if let bus {
            lines += table(
                bus.rooms.map { [$0.name, "\($0.people)"] }, under: ["room", "people"])
        } else {
            lines += ["", "the bus does not answer: there are no figures"]
        }
        lines += ["", "store   \(storeLine)", "reload  \(reloadLine)"]
        let files = laggingFiles.prefix(5)
        if !files.isEmpty {
            lines += ["", "files with most to read"]
            lines += files.map { "  \(Self.size($0.bytes))  \($0.name)" }
        }
        let errors = monitor.errors.all.prefix(5)
        if !errors.isEmpty {
            lines += ["", "latest errors and warnings"]
            lines += errors.map { entry in
                let bridge = entry.bridge.map { "\($0): " } ?? ""
                return "  \(entry.time.inUTC) \(bridge)\(entry.sentence)"
            }
        }
        return lines.map(\.onOneLine)
    }

    private var bridgeRows: [[String]] {
        monitor.bridges.map { name, report in
            let counted = bus?.bridges.first { $0.name == name }
            let rate = newest?.bridges.firstIndex(of: name).flatMap { newest?.rates[$0] }
            return [
                name, report.state.rawValue, rate.map(Self.rate) ?? "-",
                counted.map { "\($0.waiting)" } ?? "-", report.reason,
            ]
        }
    }

    private var storeLine: String {
        guard let store = monitor.store else { return "none: nothing outlives the process" }
        let waiting = Self.size(UInt64(max(0, store.backlogBytes)))
        return "\(store.condition.name), \(waiting) to be stored, #\(store.committed) is the newest"
    }

    private var reloadLine: String {
        let report = monitor.reload.report
        return report.isSuccessful
            ? "ok, read \(report.takenAt.inUTC)" : "refused: \(report.reason)"
    }

    /// Returns rows in columns, with their titles in front and an empty line before that.
    private func table(_ rows: [[String]], under titles: [String]) -> [String] {
        let all = [titles] + rows
        let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return [""]
            + all.map { row in
                let cells = row.indices.map { column in
                    row[column]
                        + String(repeating: " ", count: widths[column] - row[column].count)
                }
                let line = cells.joined(separator: "  ")
                let last = line.lastIndex { $0 != " " }
                return String(line[..<(last.map(line.index(after:)) ?? line.startIndex)])
            }
    }

    /// Returns messages a second with one decimal.
    private static func rate(_ value: Float) -> String { "\((value * 10).rounded() / 10)" }

    private static func size(_ bytes: UInt64) -> String {
        var (value, unit) = (Double(bytes), 0)
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1_024, unit < units.count - 1 { (value, unit) = (value / 1_024, unit + 1) }
        return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}
