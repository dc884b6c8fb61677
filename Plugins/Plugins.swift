import MessageBus

extension Registry {
    /// Your own plug-ins: a line for each, with the `type` that bridge.json calls it by.
    public mutating func registerPlugins() {
        middleware("shout", about: "Makes everyone shout.", Shout.init)
        middleware("shorten", about: "Cuts long messages short.", Shorten.init)
        bridge("cuckoo", about: "Says the time, by itself and when asked.", Cuckoo.init)
    }
}
