import MessageBus

/// Everything that is wrong with a configuration, as the person at the terminal reads it.
package struct ConfigurationReport: Error, Sendable, CustomStringConvertible {
    /// The file, as the user named it.
    package let file: String
    /// What is wrong, by position.
    package let problems: [Problem]

    /// Makes a report of a file, as the user named it, and what is wrong with it.
    package init(file: String, problems: Problems) {
        self.file = file
        self.problems = problems.sorted
    }

    /// A line for each problem, and a closing line; no newline at the end.
    package var description: String {
        let name = file.onOneLine
        let noun = problems.count == 1 ? "problem" : "problems"
        let closing = "\(problems.count) \(noun) in \(name). Nothing was started."
        return (problems.map { $0.rendered(in: name) } + [closing]).joined(separator: "\n")
    }
}
