import MessageBus
import Testing

@testable import IRCBridge

/// The options of the bridge.
@Suite struct IRCOptionsTests {
    private static func value(_ object: Any) -> ConfigValue {
        let place = ConfigLocation(root: TextPosition(line: 1, column: 1))
        let kind: ConfigValue.Kind =
            switch object {
            case let text as String: .string(text)
            case let isOn as Bool: .bool(isOn)
            case let number as Int: .number("\(number)")
            case let members as [(String, Any)]:
                .object(
                    members.map {
                        ConfigValue.Member(key: $0.0, keyLocation: place, value: value($0.1))
                    })
            case let list as [Any]: .array(list.map { value($0) })
            default: .null
            }
        return ConfigValue(kind, at: place)
    }

    /// Returns the problems of options that are right but for some.
    private static func problems(_ members: [(String, Any)]) -> [String] {
        let all: [(String, Any)] =
            [
                ("server", "irc.example.org:6697"), ("nick", "puente"),
                ("channels", [("#swift", "general" as Any)]),
            ].filter { member in !members.contains { $0.0 == member.0 } } + members
        var problems = Problems(rooms: ["general"])
        _ = IRCClient.Options.decode(value(all), into: &problems)
        return problems.sorted.map(\.sentence)
    }

    @Test func `good options have no problems`() {
        #expect(Self.problems([]) == [])
        #expect(
            Self.problems([
                ("tls", [("fingerprint", String(repeating: "aB", count: 32) as Any)]),
                ("sasl", [("account", "a" as Any), ("password", "b")]), ("password", "c"),
                ("channels", [("#swift key", "general" as Any), ("&local", "general")]),
                ("older", "1h"),
            ]) == [])
    }

    @Test(arguments: ["irc.example.org:6667", "192.0.2.1:6667"])
    func `secrets in plain are a problem, other than to this machine`(server: String) {
        let secrets: [(String, Any)] = [
            ("sasl", [("account", "a" as Any), ("password", "b")]), ("password", "c"),
        ]
        let found = Self.problems([("server", server)] + secrets)
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.contains("only by TLS") })
        #expect(
            Self.problems([("server", "irc.example.org:6697"), ("tls", false)] + secrets).count == 2
        )
        for local in ["localhost:6667", "127.0.0.1:6667", "[::1]:6667"] {
            #expect(Self.problems([("server", local)] + secrets) == [])
        }
    }

    @Test func `what can't be is told`() {
        #expect(
            Self.problems([("server", "unix:/run/x")])[0].contains("expected a host and a port"))
        #expect(Self.problems([("nick", "9lives")])[0].contains("expected a nick"))
        #expect(Self.problems([("nick", "with space")]).count == 1)
        #expect(Self.problems([("alternatives", ["good", "-bad"])]).count == 1)
        #expect(Self.problems([("user", "a@b")]).count == 1)
        #expect(Self.problems([("realname", "a\nb")]).count == 1)
        #expect(Self.problems([("outgoingFormat", "{name}")]).count == 1)
        #expect(Self.problems([("tls", [("fingerprint", "abc" as Any)])]).count == 1)
        // 64 bytes of full-width digits and one other.
        let wide = String(repeating: "\u{FF11}", count: 21) + "1"
        #expect(Self.problems([("tls", [("fingerprint", wide as Any)])]).count == 1)
        #expect(Self.problems([("tls", "yes")]).count == 1)
        #expect(Self.problems([("channels", [("swift", "general" as Any)])])[0].contains("#"))
        #expect(Self.problems([("channels", [("#a", "nowhere" as Any)])]).count == 1)
        #expect(
            Self.problems([("channels", [("#a", "general" as Any), ("#A x", "general")])]).count
                == 1)
    }

    @Test func `a channel's key is not shown`() throws {
        let rooms: ChannelRooms = ["#swift geheim": RoomName("general")]
        #expect(rooms.rendered == "{\"#swift\":\"general\"}")
        #expect(rooms.entries.first?.key?.reveal() == "geheim")
    }
}
