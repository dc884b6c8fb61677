/// A shell for which there are completions.
enum Shell: String, CaseIterable {
    case bash, zsh, fish

    /// Returns the completions.
    ///
    /// - Parameter types: the names of bridges and middlewares.
    func completions(types: [String]) -> String {
        let words = CompletionWords(types: types)
        return switch self {
        case .bash: BashCompletion(words).text
        case .zsh: ZshCompletion(words).text
        case .fish: FishCompletion(words).text
        }
    }
}
