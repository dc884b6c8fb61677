/// Completions for fish.
struct FishCompletion {
    private let words: CompletionWords

    init(_ words: CompletionWords) { self.words = words }

    /// The script.
    var text: String {
        var lines = [
            "# Completions of puente for fish: ~/.config/fish/completions/puente.fish",
            "complete -c puente -f",
        ]
        for command in words.commands {
            let summary = command.summary.joined(separator: " ")
            lines.append(
                "complete -c puente -n __fish_use_subcommand -a \(command.verb) -d \(quoted(summary))"
            )
        }
        for command in words.commands {
            let seen = "-n '__fish_seen_subcommand_from \(command.verb)'"
            for option in words.options(of: command) {
                let value = option.hasValue ? " -r\(action(words.choice(for: option)))" : ""
                lines.append(
                    "complete -c puente \(seen) -l \(option.rawValue)\(value) "
                        + "-d \(quoted(option.summary))")
            }
            let choice = words.choice(after: command)
            if choice != .nothing { lines.append("complete -c puente \(seen)\(action(choice))") }
        }
        return lines.joined(separator: "\n")
    }

    private func action(_ choice: CompletionWords.Choice) -> String {
        switch choice {
        case .words(let list): " -a \(quoted(list.joined(separator: " ")))"
        case .file: " -F"
        case .nothing: ""
        }
    }

    private func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return "'\(escaped)'"
    }
}
