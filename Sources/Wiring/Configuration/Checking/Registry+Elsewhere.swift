import MessageBus

extension Registry {
    /// Where something belongs that was written at the top of the file as if it were an option.
    func belongs(_ key: String) -> String? {
        let (list, kind) =
            bridges[key] != nil
            ? ("bridges", "bridge")
            : middlewares[key] != nil ? ("middleware", "middleware") : ("", "")
        if kind.isEmpty { return nil }
        return "it is a \(kind): write \(list.quoted): [{\"type\": \(key.quoted)}]"
    }
}
