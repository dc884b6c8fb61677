import MessageBus

/// A decoder of the chains of a parsed file, which leaves the bridges' own options alone.
struct ChainReader {
    /// The options at the top of the file that chains depend on; `nil` if they have problems.
    let options: TopLevelOptions?
    /// The common chain.
    let middleware: [MiddlewareEntry]
    /// The bridges, in the order of the file.
    let bridges: [ChainBridge]

    /// The keys at the top of the file that chains depend on.
    private static let topLevelKeys: Set<String> = ["name", "language", "rooms"]
    /// The keys of a bridge that its chain depends on.
    private static let bridgeKeys: Set<String> = [
        "type", "name", "room", "direction", "senderFormat", "middleware",
    ]

    init(
        _ parsed: ConfigValue, _ expansion: Expansion, _ registry: Registry,
        into problems: inout Problems
    ) {
        options = Self.options(parsed, expansion, into: &problems)
        let rooms = options?.rooms.names
        problems.rooms = rooms
        let entries = parsed.member("bridges")?.value.elements ?? []
        var quiet = Problems()
        let named = entries.map {
            expansion.expand($0.only(["type", "name"]), unset: .empty, into: &quiet)
        }
        let names = BridgeNames(named, leftOut: [], into: &quiet).all
        let decoder = EntryDecoder(
            registry: registry, rooms: rooms.map { NameTable($0, of: "room") },
            bridges: NameTable(names, of: "bridge"), hasUsualNames: false)
        let chain = parsed.member("middleware").map {
            expansion.expand($0.value, into: &problems)
        }
        middleware = decoder.middleware(chain, into: &problems)
        var bridges: [ChainBridge] = []
        for (index, entry) in entries.enumerated() {
            // The common facts, none of the problems of others.
            var own = problems.cleared
            let bridge = Self.bridge(
                expansion.expand(entry.only(Self.bridgeKeys), into: &own), names[index],
                rooms?.first, decoder, registry, into: &own)
            let isLeftOut = entry.member("when") != nil
            if !isLeftOut { problems.add(own) }
            bridges.append(bridge.with(problems: isLeftOut ? own : Problems()))
        }
        self.bridges = bridges
    }

    /// Decodes the top-level options that the tests need, each by itself: the other options may
    /// need what only the daemon has.
    private static func options(
        _ parsed: ConfigValue, _ expansion: Expansion, into problems: inout Problems
    ) -> TopLevelOptions? {
        let top = expansion.expand(parsed.only(topLevelKeys), into: &problems)
        var options = TopLevelOptions()
        var isGood = true
        func decode<Value: OptionValue>(
            _ key: String, _ path: WritableKeyPath<TopLevelOptions, Value>
        ) {
            guard let member = top.member(key) else { return }
            if let value = Value.decode(member.value, into: &problems) {
                options[keyPath: path] = value
            } else {
                isGood = false
            }
        }
        decode("name", \.name)
        decode("language", \.language)
        decode("rooms", \.rooms)
        return isGood ? options : nil
    }

    private static func bridge(
        _ entry: ConfigValue, _ name: String, _ room: String?, _ decoder: EntryDecoder,
        _ registry: Registry, into problems: inout Problems
    ) -> ChainBridge {
        let options = BridgeEntryOptions.decode(entry, owner: "", beside: nil, into: &problems)
        let type = options.flatMap { registry.bridges[$0.type.text] }
        return ChainBridge(
            name: name, room: options?.room?.text ?? room ?? "",
            direction: options?.direction ?? .both,
            senderFormat: options?.senderFormat.text ?? "{name} ({bridge})",
            hostsPeople: type?.hostsPeople ?? false,
            middleware: decoder.middleware(
                entry.member("middleware")?.value, of: name, into: &problems),
            problems: Problems())
    }
}

extension ChainBridge {
    fileprivate func with(problems: Problems) -> ChainBridge {
        ChainBridge(
            name: name, room: room, direction: direction, senderFormat: senderFormat,
            hostsPeople: hostsPeople, middleware: middleware, problems: problems)
    }
}
