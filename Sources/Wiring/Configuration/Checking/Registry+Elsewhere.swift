import MessageBus

extension Registry {
    /// Returns the right place for a bridge or middleware written like an option at the top of the
    /// file.
    func belongs(_ key: String) -> String? {
        let (list, kind) =
            bridges[key] != nil
            ? ("bridges", "bridge")
            : middlewares[key] != nil ? ("middleware", "middleware") : ("", "")
        if kind.isEmpty { return nil }
        return "it is a \(kind): write \(list.quoted): [{\"type\": \(key.quoted)}]"
    }
}
