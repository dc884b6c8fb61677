import MessageBus

/// Everything that is wrong with a configuration, as the person at the terminal reads it.
package struct ConfigurationReport: Error, Sendable, CustomStringConvertible {
    /// The file, as the user named it.
    package let file: String
    /// What is wrong, by position: a hundred at most.
    package let problems: [Problem]
    /// How many problems there are.
    package let count: Int
    /// What might be meant as it is, by position: a hundred at most.
    package let warnings: [Problem]
    /// How many warnings there are.
    package let warningCount: Int

    /// Makes a report of a file, as the user named it, and what is wrong with it.
    package init(file: String, problems: Problems) {
        self.file = file
        self.problems = problems.sorted
        count = problems.count
        warnings = problems.sortedWarnings
        warningCount = problems.warningCount
    }

    /// Makes a report of what might be wrong with a configuration.
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

    /// A line for each problem and each warning, by position, and how many are left out.
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
