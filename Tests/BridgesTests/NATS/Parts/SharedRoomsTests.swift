import MessageBus
import Testing

@testable import NATSBridge

/// The option `rooms`: a list, or an object.
@Suite struct SharedRoomsTests {
    private let root = ConfigLocation(root: TextPosition(line: 1, column: 1))
    private let start = TextPosition(line: 1, column: 1)

    private func decode(_ kind: ConfigValue.Kind) -> (rooms: [String: String]?, [String]) {
        var problems = Problems(rooms: ["general", "casa"])
        let rooms = SharedRooms.decode(ConfigValue(kind, at: root), into: &problems)
        return (rooms?.names, problems.sorted.map { "\($0.path): \($0.sentence)" })
    }

    private func list(_ rooms: String...) -> ConfigValue.Kind {
        .array(
            rooms.enumerated().map {
                ConfigValue(.string($1), at: root.element($0, at: start))
            })
    }

    private func object(_ rooms: (String, String)...) -> ConfigValue.Kind {
        .object(
            rooms.map { here, there in
                let location = root.member(here, at: start)
                return ConfigValue.Member(
                    key: here, keyLocation: location,
                    value: ConfigValue(.string(there), at: location))
            })
    }

    @Test func `a list and an object name rooms`() {
        #expect(decode(list("general", "casa")).rooms == ["general": "general", "casa": "casa"])
        #expect(decode(object(("casa", "sala-sur"))).rooms == ["casa": "sala-sur"])
    }

    @Test func `there must be a room`() {
        for kind in [list(), object()] {
            let (rooms, problems) = decode(kind)
            #expect(rooms == nil)
            #expect(problems == [": expected at least one room, found none"])
        }
    }

    @Test func `no room is there twice, and all are known`() {
        #expect(decode(list("casa", "casa")).1 == ["[1]: the room \"casa\" is given twice"])
        #expect(
            decode(object(("general", "x"), ("casa", "x"))).1 == [
                "casa: \"x\" there is \"general\" here already"
            ])
        #expect(decode(list("jardin")).1 == ["[0]: there is no room \"jardin\""])
        #expect(decode(object(("jardin", "x"))).1 == ["jardin: there is no room \"jardin\""])
    }
}
