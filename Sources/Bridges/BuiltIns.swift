import MessageBus

extension Registry {
    /// Registers the bridges that come with the program, as plug-ins are registered.
    public mutating func registerBridges() {
        bridge("tcp", about: "The chat line protocol: nc is a client.", TCP.init)
        registerStdio()
        registerTail()
        registerTelegram()
    }
}

extension NamePolicy {
    /// The rules of the chat: names as PROTOCOL in the README has them.
    package static func chat(_ language: Language) -> NamePolicy {
        let phrases = Phrases(language)
        var namePolicy = NamePolicy()
        namePolicy.fold = { NameFolding.key($0) }
        namePolicy.clean = { Name(cleaning: $0, phrases: phrases).text }
        return namePolicy
    }
}
