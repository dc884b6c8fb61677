import MessageBus

/// The words that may stand in each place of a command line.
struct CompletionWords {
    /// The names of bridges and middlewares.
    let types: [String]

    /// The words that can stand for an option's value or an operand.
    enum Choice: Equatable {
        /// One of a few words.
        case words([String])
        /// The path of a file.
        case file
        /// Something that can't be proposed.
        case nothing
    }

    /// The commands.
    var commands: [CommandDescription] { CommandReference.all }

    /// Returns the words that may follow a command, besides options.
    func choice(after command: CommandDescription) -> Choice {
        if !command.actions.isEmpty { return .words(command.actions) }
        guard let operand = command.operands.first else { return .nothing }
        if operand.hasPrefix("FILE") { return .file }
        if operand == "TYPE" { return .words(types) }
        let words = operand.split(separator: "|").map(String.init)
        return words.count > 1 && words.allSatisfy { $0.first?.isLowercase == true }
            ? .words(words) : .nothing
    }

    /// Returns the words that may follow an option.
    func choice(for option: Arguments.Name) -> Choice {
        switch option {
        case .config, .with: .file
        case .verdict: .words(TapFilter.Judgements.allCases.map(\.rawValue))
        case .role: .words(Role.allCases.map(\.rawValue))
        default: .nothing
        }
    }

    /// Returns the options of a command, with `--config` if it reads a configuration.
    func options(of command: CommandDescription) -> [Arguments.Name] {
        let withoutFile = [
            "describe", "schema", "certificate", "completion", "manual", "version", "help",
        ]
        return command.options + (withoutFile.contains(command.verb) ? [] : [.config])
    }
}
