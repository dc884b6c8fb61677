/// The text of `puente help`, which also follows a mistake on the command line.
enum HelpText {
    /// The column, from 0, at which summaries begin.
    private static let summaryColumn = 41

    /// The text, without a newline at its end.
    static var text: String {
        var lines: [String] = []
        for command in CommandReference.all {
            var forms = command.forms.map { "puente \($0)" }
            let last = forms.removeLast()
            for form in forms { lines.append(indented(form, isFirst: lines.isEmpty)) }
            let line = indented(last, isFirst: lines.isEmpty)
            var summary = command.summary
            if line.count + 2 <= summaryColumn, !summary.isEmpty {
                lines.append(padded(line) + summary.removeFirst())
            } else {
                lines.append(line)
            }
            lines += summary.map { padded("") + $0 }
        }
        return (lines + [CommandReference.ending]).joined(separator: "\n")
    }

    private static func indented(_ form: String, isFirst: Bool) -> String {
        (isFirst ? "usage: " : "       ") + form
    }

    private static func padded(_ line: String) -> String {
        line + String(repeating: " ", count: max(0, summaryColumn - line.count))
    }
}
