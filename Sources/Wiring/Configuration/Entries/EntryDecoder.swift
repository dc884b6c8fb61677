import MessageBus

/// A decoder of the entries of `bridges` and of the chains.
struct EntryDecoder {
    let registry: Registry
    /// The rooms; `nil` if they have problems.
    let rooms: NameTable?
    /// The names of all bridges.
    let bridges: NameTable
    /// True if no bridge has a `senderFormat` of its own.
    let hasUsualNames: Bool

    private static let bridgeKeys = BridgeEntryOptions.options.map(\.name)
    private static let middlewareKeys = MiddlewareEntryOptions.options.map(\.name)

    /// Decodes an entry of `bridges`.
    func bridge(
        _ entry: ConfigValue, name: String, into problems: inout Problems
    ) -> BridgeEntry? {
        guard case .object = entry.kind else { return nil }
        let options = BridgeEntryOptions.decode(
            entry, owner: "", beside: nil, into: &problems)
        problems.direction = options.map { ($0.direction, $0.$direction.location) }
        defer { problems.direction = nil }
        let prepared = resolve(
            entry, registry.bridges, "bridge", registry.middlewares, into: &problems)?
            .prepare(
                entry, beside: Self.bridgeKeys, elsewhere: Self.hint(BridgeEntryOptions.self),
                into: &problems)
        let middleware = middleware(
            entry.member("middleware")?.value, of: name, into: &problems)
        let outgoing = self.middleware(
            entry.member("outgoing")?.value, isOutgoing: true, into: &problems)
        guard let options, let prepared, let room = options.room?.text ?? rooms?.names.first
        else { return nil }
        var values = options.commonValues(room: room)
        values.append(prepared.values)
        return BridgeEntry(
            type: options.type.text, name: name, room: room, direction: options.direction,
            middleware: middleware, outgoing: outgoing, senderFormat: options.senderFormat.text,
            isOptional: options.optional, location: entry.location, isNamed: options.name != nil,
            claims: problems.claims(of: entry.location), values: values,
            formatLocation: options.$senderFormat.location, maker: prepared.make)
    }

    /// Decodes a chain, leaving out entries that have problems.
    ///
    /// - Parameters:
    ///   - bridge: name of the only bridge whose messages it judges; `nil` for any.
    ///   - isOutgoing: true if it judges messages that a bridge is given.
    func middleware(
        _ chain: ConfigValue?, of bridge: String? = nil, isOutgoing: Bool = false,
        into problems: inout Problems
    ) -> [MiddlewareEntry] {
        (chain?.elements ?? []).compactMap { entry in
            guard case .object = entry.kind else { return nil }
            let options = MiddlewareEntryOptions.decode(
                entry, owner: "", beside: nil, into: &problems)
            checkNames(entry.member("rooms"), rooms, into: &problems)
            checkNames(entry.member("bridges"), bridges, into: &problems)
            checkSenders(entry.member("senders"), into: &problems)
            problems.judged = options.map {
                JudgedKinds($0.kinds, at: $0.$kinds, isOutgoing: isOutgoing)
            }
            defer { problems.judged = nil }
            let type = resolve(
                entry, registry.middlewares, "middleware", registry.bridges, into: &problems)
            let prepared = type?.prepare(
                entry, beside: Self.middlewareKeys,
                elsewhere: Self.hint(MiddlewareEntryOptions.self), into: &problems)
            guard let options, let type, let prepared else { return nil }
            let condition = Condition(
                rooms: options.rooms, bridges: options.bridges, senders: options.senders,
                kinds: options.kinds)
            if let bridge, let globs = condition.bridges,
                !globs.contains(where: { $0.matches(bridge) })
            {
                problems.warn(
                    """
                    this chain gets only what this bridge brings in, and "bridges" does not match \
                    it: nothing is judged
                    """, at: options.$bridges.location)
            }
            return MiddlewareEntry(
                type: options.type.text, name: options.label?.text ?? options.type.text,
                condition: condition, location: entry.location,
                rendered: {
                    options.rendered + (type.rendered(entry, beside: Self.middlewareKeys) ?? "")
                }, values: prepared.values, maker: prepared.make)
        }
    }

    private static func hint<Options: PluginOptions>(
        _ type: Options.Type
    ) -> (String) -> String? {
        { key in type.instead(of: key).map { "did you mean \($0)?" } }
    }

    /// Reports the type of a bridge that is left out, if it doesn't exist.
    func checkType(of entry: ConfigValue, into problems: inout Problems) {
        guard let type = entry.member("type") else {
            problems.add(
                "missing \"type\", \(TypeName<BridgeEntryOptions>.expectation)", at: entry.location)
            return
        }
        _ = TypeName<BridgeEntryOptions>.decode(type.value, into: &problems)
        _ = resolve(entry, registry.bridges, "bridge", registry.middlewares, into: &problems)
    }

    /// Finds the type of an entry; reports nothing if it is not given, or is not a string.
    private func resolve<Plugin, Other>(
        _ entry: ConfigValue, _ types: [String: PluginType<Plugin>], _ kind: String,
        _ others: [String: PluginType<Other>], into problems: inout Problems
    ) -> PluginType<Plugin>? {
        guard let value = entry.member("type")?.value, let name = value.text else { return nil }
        if let type = types[name] { return type }
        let all = types.keys.sorted()
        let list = "there are \(all.isEmpty ? "none" : all.joined(separator: ", "))"
        if others[name] != nil, value.shownAs == nil {
            let (other, location) =
                kind == "bridge" ? ("middleware", "\"middleware\"") : ("bridge", "\"bridges\"")
            problems.add(
                "no \(kind) is called \(value.found): it is a \(other) and belongs in \(location)",
                at: value.location)
        } else {
            // A nearest name would tell about a value that is not shown.
            let meant = value.shownAs == nil ? problems.suggestion(for: name, among: all) : ""
            problems.add("no \(kind) is called \(value.found); \(list)\(meant)", at: value.location)
        }
        return nil
    }

    /// Reports names in a condition that don't exist, and warns of globs that match nothing.
    private func checkNames(
        _ member: ConfigValue.Member?, _ table: NameTable?, into problems: inout Problems
    ) {
        guard let table else { return }
        for value in member?.value.elements ?? [] {
            guard let name = value.text, !name.isEmpty, !table.hasMatch(for: Glob(name)) else {
                continue
            }
            if Glob(name).isLiteral {
                let nearest = problems.suggestion(for: name, among: table.names)
                problems.add(
                    "there is no \(table.noun) \(value.found)\(nearest)", at: value.location)
            } else {
                problems.warn(
                    "no \(table.noun) matches \(value.found)\(table.ending)", at: value.location)
            }
        }
    }

    /// Warns of senders that match no possible name.
    private func checkSenders(_ member: ConfigValue.Member?, into problems: inout Problems) {
        for value in member?.value.elements ?? [] {
            guard let text = value.text, !text.isEmpty else { continue }
            let pattern = SenderPattern(text)
            if let reason = pattern.reasonForNobody {
                problems.warn("nobody is called \(value.found): \(reason)", at: value.location)
            } else if hasUsualNames, let bridge = pattern.bridge,
                !bridges.hasMatch(for: Glob(bridge))
            {
                let nearest = problems.suggestion(for: bridge, among: bridges.names)
                problems.warn(
                    "nobody is called \(value.found): there is no bridge of that name\(nearest)",
                    at: value.location)
            }
        }
    }
}
