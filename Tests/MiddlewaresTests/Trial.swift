import MessageBus
import TestSupport
import Testing

@testable import Middlewares

/// A middleware in a chain, as the bus runs it.
struct Trial {
    private let chain: Chain
    /// Errors that the middleware threw.
    private(set) var failures: [any Error] = []

    init(_ middleware: any Middleware, when condition: Condition = Condition()) {
        chain = Chain([
            Chain.Step(label: "tried", condition: condition, middleware: middleware)
        ])
    }

    /// Judges messages that come in with one read.
    mutating func judge(_ messages: [Message]) -> [Outcome] {
        let batch = Batch.make(messages)
        chain.judge(batch)
        failures += batch.failures.map(\.error)
        var outcomes = (0..<batch.count).map { Outcome.passed(batch.arena.message(at: $0).text) }
        for (index, drop) in batch.drops {
            outcomes[index] = .dropped(drop.reason, code: drop.code)
        }
        return outcomes
    }

    mutating func judge(_ message: Message) -> Outcome { judge([message])[0] }
    mutating func judge(_ text: String) -> Outcome { judge(.make(text)) }
}

/// Decodes options from `[key: value]`, and returns their problems.
func decode<Options: PluginOptions>(
    _ type: Options.Type, _ members: KeyValuePairs<String, ConfigValue.Kind>
) -> (options: Options?, problems: [String]) {
    let start = TextPosition(line: 1, column: 1)
    let root = ConfigLocation(root: start)
    let object = members.map { key, kind in
        let place = root.member(key, at: start)
        return ConfigValue.Member(key: key, keyLocation: place, value: value(kind, at: place))
    }
    var problems = Problems()
    let options = Options.decode(ConfigValue(.object(object), at: root), into: &problems)
    return (options, problems.sorted.map { "\($0.path): \($0.sentence)" })
}

/// Gives the values inside their locations.
private func value(_ kind: ConfigValue.Kind, at place: ConfigLocation) -> ConfigValue {
    let start = TextPosition(line: 1, column: 1)
    switch kind {
    case .array(let elements):
        let placed = elements.enumerated().map { index, element in
            value(element.kind, at: place.element(index, at: start))
        }
        return ConfigValue(.array(placed), at: place)
    case .object(let members):
        let placed = members.map { member in
            let inner = place.member(member.key, at: start)
            return ConfigValue.Member(
                key: member.key, keyLocation: inner, value: value(member.value.kind, at: inner))
        }
        return ConfigValue(.object(placed), at: place)
    default: return ConfigValue(kind, at: place)
    }
}

extension ConfigValue.Kind {
    static func texts(_ texts: String...) -> ConfigValue.Kind {
        .array(
            texts.map {
                ConfigValue(.string($0), at: ConfigLocation(root: TextPosition(line: 1, column: 1)))
            })
    }

    static func rules(_ rules: (find: String, with: String)...) -> ConfigValue.Kind {
        let nowhere = ConfigLocation(root: TextPosition(line: 1, column: 1))
        return .array(
            rules.map { rule in
                let members = [("find", rule.find), ("with", rule.with)].map { key, text in
                    ConfigValue.Member(
                        key: key, keyLocation: nowhere,
                        value: ConfigValue(.string(text), at: nowhere))
                }
                return ConfigValue(.object(members), at: nowhere)
            })
    }
}
