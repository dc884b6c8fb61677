import MessageBus

extension NamePolicy {
    /// Returns the chat's rules for names (*The chat protocol*, Names), with placeholders in a
    /// language.
    package static func chat(_ language: Language) -> NamePolicy {
        let phrases = Phrases(language)
        var namePolicy = NamePolicy()
        namePolicy.fold = { NameFolding.key($0) }
        namePolicy.clean = { Name(cleaning: $0, phrases: phrases).text }
        namePolicy.displaced = { Name.displaced($0, tried: $1) }
        return namePolicy
    }
}
