import Chat
import MessageBus

/// The rooms of channels in bridge.json.
///
/// A key of a channel is never shown.
package struct ChannelRooms: RoomTable {
    /// A channel, and the room it belongs to.
    struct Entry: Sendable, Equatable {
        let channel: String
        let key: Secret?
        let room: RoomName
    }

    /// The entries, in the file's order.
    private(set) var entries: [Entry] = []
    /// The problems of the entries.
    package var problems = Problems()
    /// The channels that were read, in lower case.
    private var known: Set<String> = []

    /// Makes a table of valid entries.
    package init(dictionaryLiteral elements: (String, RoomName)...) {
        entries = elements.compactMap { Self.entry($0, $1) }
    }

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

    /// Reads a channel and its room.
    package mutating func read(_ member: ConfigValue.Member, into problems: inout Problems) {
        let name = String(member.key.prefix { $0 != " " }).shortened(to: 60).quoted
        let room = RoomName.decode(member.value, into: &problems)
        guard let entry = Self.entry(member.key, room ?? RoomName("")) else {
            let hint = member.key.first?.isLetter == true ? "; begin it with #" : ""
            return problems.add(
                "expected a channel like \"#swift\" or \"#swift KEY\", found \(name)\(hint)",
                at: member.keyLocation)
        }
        if !known.insert(entry.channel.lowercased()).inserted {
            problems.add("there is an entry for \(name) already", at: member.keyLocation)
        }
        if room != nil { entries.append(entry) }
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
