import MessageBus

/// A table in bridge.json that gives rooms for the names of another network's chats or channels.
///
/// A problem with one entry hides no problem with another one or with other options: all are
/// reported together.
package protocol RoomTable: OptionValue, ExpressibleByDictionaryLiteral
where Key == String, Value == RoomName {
    /// The problems of the entries, which the bridge's options report in `validate`.
    var problems: Problems { get set }

    /// Reads an entry, and reports what is wrong with it.
    mutating func read(_ member: ConfigValue.Member, into problems: inout Problems)
}

extension RoomTable {
    /// The expectation, for a message about another value.
    package static var expectation: String { [String: RoomName].expectation }

    /// Reads any object.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> Self? {
        guard case .object(let members) = value.kind else {
            problems.expected(Self.self, found: value)
            return nil
        }
        var result: Self = [:]
        var found = problems.cleared
        for member in members { result.read(member, into: &found) }
        result.problems = found
        return result
    }
}
