import MessageBus

/// Decodes the entries of `bridges` and of the chains.
struct EntryDecoder {
    let registry: Registry
    /// The rooms there are; nil if that can't be told.
    let rooms: [String]?
    /// The names of all bridges.
    let bridges: [String]

    private static let bridgeKeys = BridgeEntryOptions.options.map(\.name)
    private static let middlewareKeys = MiddlewareEntryOptions.options.map(\.name)

    /// Decodes an entry of `bridges`.
    func bridge(
        _ entry: ConfigValue, name: String, into problems: inout Problems
    ) -> BridgeEntry? {
        guard case .object = entry.kind else { return nil }
        let options = BridgeEntryOptions.decode(
            entry, owner: "", beside: nil, into: &problems)
        let type = resolve(entry, registry.bridges, "bridge", into: &problems)
        let maker = type?.prepare(entry, beside: Self.bridgeKeys, into: &problems)
        let middleware = middleware(entry.member("middleware")?.value, into: &problems)
        let outgoing = self.middleware(entry.member("outgoing")?.value, into: &problems)
        guard let options, let maker, let room = options.room?.text ?? rooms?.first else {
            return nil
        }
        return BridgeEntry(
            type: options.type, name: name, room: room, direction: options.direction,
            middleware: middleware, outgoing: outgoing, senderFormat: options.senderFormat.text,
            isSenderFormatDistinct: options.senderFormat.isDistinct,
            isOptional: options.optional, place: entry.place, maker: maker)
    }

    /// Decodes a chain; without those of its entries that have problems.
    func middleware(_ chain: ConfigValue?, into problems: inout Problems) -> [MiddlewareEntry] {
        (chain?.elements ?? []).compactMap { entry in
            guard case .object = entry.kind else { return nil }
            let options = MiddlewareEntryOptions.decode(
                entry, owner: "", beside: nil, into: &problems)
            checkNames(entry.member("rooms"), rooms, "room", into: &problems)
            checkNames(entry.member("bridges"), bridges, "bridge", into: &problems)
            let type = resolve(entry, registry.middlewares, "middleware", into: &problems)
            let maker = type?.prepare(entry, beside: Self.middlewareKeys, into: &problems)
            guard let options, let maker else { return nil }
            let condition = Condition(
                rooms: options.rooms, bridges: options.bridges, senders: options.senders,
                kinds: options.kinds)
            return MiddlewareEntry(
                type: options.type, condition: condition, place: entry.place, maker: maker)
        }
    }

    /// Reports a type that doesn't exist, of a bridge that is left out.
    func checkType(of entry: ConfigValue, into problems: inout Problems) {
        guard let type = entry.member("type") else {
            problems.add("missing \"type\", \(String.expectation)", at: entry.place)
            return
        }
        _ = String.decode(type.value, into: &problems)
        _ = resolve(entry, registry.bridges, "bridge", into: &problems)
    }

    /// Finds the type of an entry; says nothing if it is not given, or no string.
    private func resolve<Plugin>(
        _ entry: ConfigValue, _ types: [String: PluginType<Plugin>], _ kind: String,
        into problems: inout Problems
    ) -> PluginType<Plugin>? {
        guard let value = entry.member("type")?.value, let name = value.text else { return nil }
        if let type = types[name] { return type }
        let all = types.keys.sorted().joined(separator: ", ")
        problems.add(
            "no \(kind) is called \(value.found); there are \(all.isEmpty ? "none" : all)",
            at: value.place)
        return nil
    }

    /// Reports names in a condition that nothing has; globs may match nothing.
    private func checkNames(
        _ member: ConfigValue.Member?, _ names: [String]?, _ kind: String,
        into problems: inout Problems
    ) {
        guard let names else { return }
        for value in member?.value.elements ?? [] {
            guard let name = value.text, !name.isEmpty, Glob(name).isLiteral,
                !names.contains(name)
            else { continue }
            let nearest = Suggestion.ending(for: name, among: names)
            problems.add("there is no \(kind) \(value.found)\(nearest)", at: value.place)
        }
    }
}
