extension OptionSchema {
    /// Some values of this shape, which their type may still refuse.
    func samples(at location: ConfigLocation) -> [ConfigValue] {
        kinds(depth: 0, location).map { ConfigValue($0, at: location) }
    }

    /// Texts among which there is one for most types of the project.
    private static let texts = [
        "x", "127.0.0.1:1", "unix:/x", "10s", "90d", "1MiB", "https://example.org", "general",
    ]

    private func kinds(depth: Int, _ location: ConfigLocation) -> [ConfigValue.Kind] {
        guard depth < 4 else { return [] }
        let inner = { (schema: OptionSchema) -> [ConfigValue] in
            schema.kinds(depth: depth + 1, location).map { ConfigValue($0, at: location) }
        }
        switch self {
        case .null: return [.null]
        case .bool: return [.bool(false), .bool(true)]
        case .number(_, let atLeast, let above, let atMost):
            let bounds = [atLeast, above, atMost].compactMap(\.self)
            return (bounds + ["1", "2", "1000000"]).map { .number($0) }
        case .choice(let words), .only(let words): return words.prefix(3).map { .string($0) }
        case .list(let element, _, _):
            return [.array([]), .array(Array(inner(element).prefix(1)))]
        case .map(let value, _):
            let member = inner(value).first.map {
                ConfigValue.Member(key: "x", keyLocation: location, value: $0)
            }
            return [.object([]), .object(member.map { [$0] } ?? [])]
        case .either(let schemas):
            return schemas.flatMap { $0.kinds(depth: depth + 1, location) }
        case .object(let options):
            let needed = options.filter { $0.defaultValue == nil && $0.absence == nil }
            return [
                .object(
                    needed.compactMap { option in
                        option.schema.acceptedSample(depth + 1, location).map {
                            ConfigValue.Member(key: option.name, keyLocation: location, value: $0)
                        }
                    })
            ]
        case .anything, .string, .pattern, .noneOf, .definition:
            return Self.texts.map { .string($0) }
        }
    }

    private func acceptedSample(_ depth: Int, _ location: ConfigLocation) -> ConfigValue? {
        kinds(depth: depth, location).first.map { ConfigValue($0, at: location) }
    }
}
