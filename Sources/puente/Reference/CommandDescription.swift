/// The description of a command, of which help, the manual page and completions are made.
struct CommandDescription {
    /// The forms of the command behind `puente`: `history [--room R] [--last N]`.
    let forms: [String]
    /// The summary, in lines short enough to stand beside a form.
    let summary: [String]
    /// The details, in paragraphs, for the manual page.
    let details: [String]

    init(_ forms: String..., summary: [String], details: [String] = []) {
        self.forms = forms
        self.summary = summary
        self.details = details
    }

    /// The first word of the command.
    var verb: String {
        forms[0].prefix { $0 != " " }.filter { $0 != "[" && $0 != "]" }
    }

    /// The second words of a command that has commands of its own: `list`, `add`.
    var actions: [String] {
        forms.compactMap { form in
            let words = form.split(separator: " ")
            guard words.count > 1, let first = words[1].first, first.isLowercase,
                !words[1].contains("|")
            else { return nil }
            return String(words[1])
        }
    }

    /// The options that any of the forms names, in the order of the forms.
    var options: [Arguments.Name] {
        var result: [Arguments.Name] = []
        for form in forms {
            for word in form.split(whereSeparator: { " []".contains($0) })
            where word.hasPrefix("--") {
                guard let name = Arguments.Name(rawValue: String(word.dropFirst(2))),
                    !result.contains(name)
                else { continue }
                result.append(name)
            }
        }
        return result
    }

    /// The arguments of the command other than options, as in `bash|zsh|fish` or `[FILE...]`.
    var operands: [String] {
        forms.flatMap { form in
            form.replacing("[", with: "").replacing("]", with: "").split(separator: " ").dropFirst()
                .filter { $0.first?.isUppercase == true || $0.contains("|") }.map(String.init)
        }
    }
}
