import Chat
import MessageBus

/// The rooms of channels in bridge.json.
///
/// A problem of one entry hides none of another one, nor of other options. A key of a channel is
/// never shown.
package struct ChannelRooms: OptionValue, ExpressibleByDictionaryLiteral {
    /// A channel, and the room it belongs to.
    struct Entry: Sendable, Equatable {
        let channel: String
        let key: Secret?
        let room: RoomName
    }

    /// The entries, in the file's order.
    private(set) var entries: [Entry] = []
    /// The problems of the entries.
    private(set) var problems = Problems()

    /// Makes entries that are right.
    package init(dictionaryLiteral elements: (String, RoomName)...) {
        entries = elements.compactMap { Self.entry($0, $1) }
    }

    /// The expectation, for a message about another value.
    package static var expectation: String { [String: RoomName].expectation }

    /// True, because of the keys.
    package static var isSecret: Bool { true }

    /// Rooms by the names of channels, perhaps with keys.
    package static var schema: OptionSchema {
        .map(of: RoomName.schema, names: "^[#&+!][^ ,]*( [^ ,]+)?$")
    }

    /// Returns an example.
    package static func hint(for value: ConfigValue) -> String? {
        "it looks like {\"#swift\": \"general\"}"
    }

    /// Reads any object.
    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> ChannelRooms? {
        guard case .object(let members) = value.kind else {
            problems.expected(Self.self, found: value)
            return nil
        }
        var result: ChannelRooms = [:]
        var found = problems.cleared
        var seen: Set<String> = []
        for member in members {
            let name = String(member.key.prefix { $0 != " " }).shortened(to: 60).quoted
            let room = RoomName.decode(member.value, into: &found)
            guard let entry = entry(member.key, room ?? RoomName("")) else {
                let hint = member.key.first?.isLetter == true ? "; begin it with #" : ""
                found.add(
                    "expected a channel like \"#swift\" or \"#swift KEY\", found \(name)\(hint)",
                    at: member.keyPlace)
                continue
            }
            if !seen.insert(entry.channel.lowercased()).inserted {
                found.add("there is an entry for \(name) already", at: member.keyPlace)
            }
            if room != nil { result.entries.append(entry) }
        }
        result.problems = found
        return result
    }

    private static func entry(_ key: String, _ room: RoomName) -> Entry? {
        let words = key.split(separator: " ", omittingEmptySubsequences: false)
        guard let channel = words.first, words.count <= 2, isName(channel),
            words.dropFirst().allSatisfy({ !$0.isEmpty && isName("#\($0)") })
        else { return nil }
        return Entry(
            channel: String(channel), key: words.count == 2 ? Secret(String(words[1])) : nil,
            room: room)
    }

    /// Returns whether a text can be the name of a channel (RFC 2812 section 1.3).
    private static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, (1...200).contains(text.utf8.count) else { return false }
        return "#&+!".utf8.contains(first)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x2C && $0 != 0x7F }
    }

    /// The JSON text, without keys.
    package var rendered: String {
        Dictionary(entries.map { ($0.channel, $0.room) }) { first, _ in first }.rendered
    }

    /// True if there is no entry.
    var isEmpty: Bool { entries.isEmpty }
}
