import MessageBus

extension NamePolicy {
    /// Returns the chat's rules for names (*The chat protocol*, Names); names with nothing to show
    /// become placeholders in this language.
    package static func chat(_ language: Language) -> NamePolicy {
        let phrases = Phrases(language)
        var namePolicy = NamePolicy()
        namePolicy.fold = { NameFolding.key($0) }
        namePolicy.clean = { Name(cleaning: $0, phrases: phrases).text }
        namePolicy.displaced = { Name.displaced($0, tried: $1) }
        namePolicy.server = { Phrases($0).server }
        return namePolicy
    }
}
