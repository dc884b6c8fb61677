import MessageBus
import Wiring

/// The manual page, in the macros of man(7).
enum ManualPage {
    /// The page, without a newline at its end.
    static var text: String {
        var lines = [
            #".TH PUENTE 1 "" "puente \#(Version.current)" "User Commands""#,
            ".SH NAME", "puente \\- a message bus that joins chats, logs and scripts",
            ".SH SYNOPSIS",
        ]
        for form in CommandReference.all.flatMap(\.forms) {
            lines += [".br", ".B puente", escaped(form)]
        }
        lines += [
            ".SH DESCRIPTION",
            escaped(
                "Everything that comes in by any bridge is judged by a chain of middlewares and "
                    + "written to a room's log; every reader, a socket, a Telegram group, a "
                    + "terminal, is a cursor in that log. The file bridge.json describes it all. "
                    + CommandReference.ending),
            ".SH COMMANDS",
        ]
        for command in CommandReference.all { lines += section(command) }
        lines += [".SH OPTIONS"]
        for option in Arguments.Name.allCases {
            lines += item("--\(option.rawValue)", option.placeholder, option.summary)
        }
        lines += [".SH EXIT STATUS"]
        for status in CommandStatus.allCases {
            lines += item("\(status.rawValue)", nil, status.summary)
        }
        lines += [".SH FILES"]
        lines += item("bridge.json", nil, "The configuration.")
        lines += item(
            "puente.sqlite", nil, "The messages, unless the configuration names another file.")
        return lines.joined(separator: "\n")
    }

    private static func section(_ command: CommandDescription) -> [String] {
        var lines: [String] = []
        for (index, form) in command.forms.enumerated() {
            lines += [index == 0 ? ".TP" : ".TQ", ".B \(escaped(form))"]
        }
        let summary = command.summary.joined(separator: " ")
        lines.append(escaped("\(summary.prefix(1).uppercased())\(summary.dropFirst())."))
        for paragraph in command.details { lines += [".IP", escaped(paragraph)] }
        return lines
    }

    private static func item(_ term: String, _ value: String?, _ text: String) -> [String] {
        let bold = "\\fB\(escaped(term))\\fR"
        return [".TP", value.map { "\(bold) \\fI\(escaped($0))\\fR" } ?? bold, escaped(text)]
    }

    /// Returns a text escaped so that no part of it is a request or an escape of roff.
    private static func escaped(_ text: String) -> String {
        var result = text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" : ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "~": result += "\\(ti"
            case "^": result += "\\(ha"
            case _ where !scalar.isASCII:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
