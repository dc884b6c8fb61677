import MessageBus

extension Registry {
    /// Registers the middlewares that come with the daemon, as a plug-in's would be.
    public mutating func registerMiddlewares() {
        middleware("validate", about: "Drops messages that are too long.", Validate.init)
        middleware("limit", about: "Drops messages of those who say too many.", Limit.init)
        middleware("filter", about: "Drops messages by what their text says.", Filter.init)
        middleware("replace", about: "Replaces parts of texts.", Replace.init)
        middleware("redact", about: "Masks what looks like a secret.", Redact.init)
        middleware("dedupe", about: "Drops what its sender said just before.", Dedupe.init)
        middleware("log", about: "Writes a line about each message to a log.", LogMessages.init)
    }
}
