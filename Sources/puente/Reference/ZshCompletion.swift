/// Completions for zsh, a function for a directory of `fpath`.
struct ZshCompletion {
    private let words: CompletionWords

    init(_ words: CompletionWords) { self.words = words }

    /// The script.
    var text: String {
        var lines = [
            "#compdef puente",
            "# Completions of puente for zsh: a file _puente in a directory of fpath.",
            "_puente() {",
            "    local -a verbs",
            "    verbs=(",
        ]
        for command in words.commands {
            let summary = command.summary.joined(separator: " ")
            lines.append("        \(quoted("\(command.verb):\(summary)"))")
        }
        lines += [
            "    )",
            "    local context state state_descr line",
            "    typeset -A opt_args",
            "    _arguments -C '(-c --config)'{-c,--config}'[\(Arguments.Name.config.summary)]:FILE:_files' \\",
            "        '1: :->verb' '*:: :->rest'",
            "    case $state in",
            "        verb) _describe -t commands command verbs ;;",
            "        rest)",
            "            case $words[1] in",
        ]
        for command in words.commands {
            let arguments = arguments(of: command)
            let call = arguments.isEmpty ? "_message 'nothing more'" : "_arguments \(arguments)"
            lines.append("                \(command.verb)) \(call) ;;")
        }
        lines += [
            "            esac ;;", "    esac", "}", "",
            "# Run as a completion, or loaded with source.",
            "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then", "    _puente \"$@\"", "else",
            "    compdef _puente puente", "fi",
        ]
        return lines.joined(separator: "\n")
    }

    private func arguments(of command: CommandDescription) -> String {
        var parts = words.options(of: command).map { option in
            let text = option.summary.replacing("[", with: "").replacing("]", with: "")
            let value = option.placeholder.map { ":\($0):\(action(words.choice(for: option)))" }
            return quoted("--\(option.rawValue)[\(text)]\(value ?? "")")
        }
        switch words.choice(after: command) {
        case .nothing: break
        case let choice:
            let name = command.operands.first ?? "command"
            let isMany = name.hasSuffix("...")
            parts.append(quoted("\(isMany ? "*" : "1"):\(name):\(action(choice))"))
        }
        return parts.joined(separator: " ")
    }

    private func action(_ choice: CompletionWords.Choice) -> String {
        switch choice {
        case .words(let list): "(\(list.joined(separator: " ")))"
        case .file: "_files"
        case .nothing: ""
        }
    }

    private func quoted(_ text: String) -> String {
        "'\(text.replacing("'", with: "'\\''"))'"
    }
}
