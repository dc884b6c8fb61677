import JSON
import MessageBus
import TestSupport
import Testing

@testable import NATSBridge

@Suite struct OwnPeopleTests {
    private func person(_ name: String, _ identity: UInt64, room: String = "general")
        -> PresentPerson
    {
        PresentPerson(name: name, room: room, hasNotices: true, identity: identity)
    }

    private func there(_ name: String, bridge: String = "") -> FleetPerson {
        FleetPerson(room: "casa", name: name, bridge: bridge)
    }

    @Test func `who comes, goes and has another name is told once`() {
        var own = OwnPeople(FleetRooms(["general": "casa"]))
        #expect(
            own.update([person("ana", 1), person("Eva (telegram)", 2), person("x", 3, room: "b")])
                == LiveMessage.Change(
                    version: 1,
                    entered: [there("ana"): true, there("Eva", bridge: "telegram"): true]))
        #expect(own.update([person("ana", 1), person("Eva (telegram)", 2)]) == nil)
        #expect(
            own.update([person("anita", 1)])
                == LiveMessage.Change(
                    version: 2, left: [there("Eva", bridge: "telegram")],
                    renamed: [.init(old: there("ana"), new: there("anita"))]))
        #expect(own.parts.map(\.people) == [[there("anita"): true]])
    }

    @Test func `live messages are read as they were written`() {
        let messages: [LiveMessage] = [
            .hello(.init(name: "norte", run: "1", since: 2, version: 3, asks: true)),
            .change(
                .init(
                    version: 1, entered: [there("a"): false], left: [there("b")],
                    renamed: [.init(old: there("c"), new: there("d", bridge: "t"))])),
            .ask, .bye, .people(.init(version: 1, part: 0, parts: 1, people: [there("a"): true])),
            .whisper(
                .init(
                    name: "a", bridge: "", receiver: "b", text: "hola\n\"x\"", isAutomatic: true)),
        ]
        for message in messages { #expect(LiveMessage(message.json) == message) }
        #expect(LiveMessage(.object(["type": .text("later")])) == nil)
    }
}
