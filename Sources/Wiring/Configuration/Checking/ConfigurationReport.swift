import MessageBus

/// All problems and warnings of a configuration, for the person at the terminal.
package struct ConfigurationReport: Error, Sendable, CustomStringConvertible {
    /// Path of the file, as the user gave it.
    package let file: String
    /// Problems by position, a hundred at most.
    package let problems: [Problem]
    /// Number of all problems.
    package let count: Int
    /// Warnings by position, a hundred at most.
    package let warnings: [Problem]
    /// Number of all warnings.
    package let warningCount: Int

    /// Makes a report on a file.
    package init(file: String, problems: Problems) {
        self.file = file
        self.problems = problems.sorted
        count = problems.count
        warnings = problems.sortedWarnings
        warningCount = problems.warningCount
    }

    /// Makes a report of the warnings of a valid configuration.
    package init(warningsOf configuration: Configuration) {
        file = configuration.file
        problems = []
        count = 0
        warnings = configuration.warnings
        warningCount = configuration.warningCount
    }

    /// A line for each problem and warning, and a closing line; no newline at the end.
    package var description: String {
        let closing = "\(Self.number(count, "problem")) in \(file.onOneLine). Nothing was started."
        return (lines + [closing]).joined(separator: "\n")
    }

    /// A line for each problem and warning, by position, and the number of those left out.
    package var lines: [String] {
        let name = file.onOneLine
        let origin = TextPosition(line: 0, column: 0)
        let all = (problems + warnings).enumerated().sorted { left, right in
            let one = left.element.position ?? origin
            let other = right.element.position ?? origin
            return one == other ? left.offset < right.offset : one < other
        }
        return all.map { $0.element.rendered(in: name) }
            + [
                Self.more(count - problems.count, "problem"),
                Self.more(warningCount - warnings.count, "warning"),
            ].compactMap(\.self)
    }

    /// `1 problem`, `2 problems`.
    package static func number(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func more(_ count: Int, _ noun: String) -> String? {
        count > 0 ? "… and \(number(count, "more \(noun)"))" : nil
    }
}
