import JSON
import MessageBus

@testable import WebhookBridge

/// Options as they stand in bridge.json.
enum WebhookOptions {
    /// Decodes options; throws what is wrong with them.
    static func decode(_ text: String) throws -> Webhook.Options {
        let (options, problems) = parse(text)
        guard let options else { throw BridgeError(problems.joined(separator: "; ")) }
        return options
    }

    /// Returns the problems of some options, and the warnings.
    static func problems(_ text: String, direction: Direction? = nil) -> [String] {
        parse(text, direction).problems
    }

    private static func parse(
        _ text: String, _ direction: Direction? = nil
    ) -> (Webhook.Options?, problems: [String]) {
        let root = ConfigLocation(root: TextPosition(line: 1, column: 1))
        var problems = Problems(rooms: ["general"])
        problems.direction = direction.map { ($0, root) }
        guard let json = JSONReader.read(Array(text.utf8)) else { return (nil, ["no JSON"]) }
        let options = Webhook.Options.decode(value(json, at: root), into: &problems)
        let all = problems.sorted + problems.sortedWarnings
        return (options, all.map { $0.path.isEmpty ? $0.sentence : "\($0.path): \($0.sentence)" })
    }

    /// Returns JSON as the configuration's reader gives it.
    static func value(_ json: JSON, at location: ConfigLocation) -> ConfigValue {
        let start = TextPosition(line: 1, column: 1)
        let kind: ConfigValue.Kind =
            switch json {
            case .null: .null
            case .bool(let isTrue): .bool(isTrue)
            case .integer(let number): .number("\(number)")
            case .real(let number): .number("\(number)")
            case .text(let text): .string(text)
            case .list(let elements):
                .array(
                    elements.enumerated().map { index, element in
                        value(element, at: location.element(index, at: start))
                    })
            case .object(let members):
                .object(
                    members.sorted { $0.key < $1.key }.map { key, member in
                        let place = location.member(key, at: start)
                        return ConfigValue.Member(
                            key: key, keyLocation: place, value: value(member, at: place))
                    })
            }
        return ConfigValue(kind, at: location)
    }
}
