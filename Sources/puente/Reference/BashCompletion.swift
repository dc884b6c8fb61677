/// Completions for bash; needs nothing but bash itself.
struct BashCompletion {
    private let words: CompletionWords

    init(_ words: CompletionWords) { self.words = words }

    /// The script.
    var text: String {
        var lines = [
            "# Completions of puente for bash: source <(puente completion bash)",
            "_puente() {",
            "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb= index",
            "    COMPREPLY=()",
            "    for ((index = 1; index < COMP_CWORD; index++)); do",
            "        case ${COMP_WORDS[index]} in",
            "            \(valued)) ((index++)) ;;",
            "            -*) ;;",
            "            *) verb=${COMP_WORDS[index]}; break ;;",
            "        esac",
            "    done",
            "    case $before in",
        ]
        for option in Arguments.Name.allCases where option.hasValue {
            lines.append(
                "        \(names(of: option))) \(reply(words.choice(for: option))); return ;;")
        }
        lines += ["    esac", "    case $verb in"]
        let verbs = words.commands.map(\.verb).joined(separator: " ")
        lines.append("        '') COMPREPLY=($(compgen -W '\(verbs)' -- \"$word\")) ;;")
        for command in words.commands {
            let options = words.options(of: command).map { "--\($0.rawValue)" }
                .joined(separator: " ")
            lines += [
                "        \(command.verb))",
                "            if [[ $word == -* ]]; then",
                "                COMPREPLY=($(compgen -W '\(options)' -- \"$word\"))",
                "            else",
                "                \(reply(words.choice(after: command)))",
                "            fi ;;",
            ]
        }
        lines += ["    esac", "}", "complete -F _puente puente"]
        return lines.joined(separator: "\n")
    }

    private var valued: String {
        Arguments.Name.allCases.filter(\.hasValue).map(names).joined(separator: "|")
    }

    private func names(of option: Arguments.Name) -> String {
        option == .config ? "-c|--config" : "--\(option.rawValue)"
    }

    private func reply(_ choice: CompletionWords.Choice) -> String {
        switch choice {
        case .words(let list):
            "COMPREPLY=($(compgen -W '\(list.joined(separator: " "))' -- \"$word\"))"
        case .file:
            "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$word\")"
        case .nothing: "COMPREPLY=()"
        }
    }
}
