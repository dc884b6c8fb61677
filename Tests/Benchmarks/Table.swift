/// Rows of text in columns: the first to the left, figures to the right.
struct Table {
    private let heading: [String]
    private var rows: [[String]] = []

    /// Makes a table with nothing under its heading.
    init(_ heading: String...) { self.heading = heading }

    /// Adds a row.
    mutating func add(_ row: String...) { rows.append(row) }

    /// As it is printed, without a line ending.
    var text: String {
        let widths = heading.indices.map { column in
            ([heading] + rows).map { $0[column].count }.max() ?? 0
        }
        let rule = widths.map { String(repeating: "-", count: $0) }
        return ([heading, rule] + rows).map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }
            .joined(separator: "  ")
        }
        .joined(separator: "\n")
    }
}

extension Double {
    /// With so many decimals.
    func written(decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1) { power, _ in power * 10 }
        let scaled = Int((self * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)."
            + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
