import MessageBus
import Testing

@testable import Chat
@testable import TCPBridge

@Suite struct TCPOptionsTests {
    /// Returns the problems of bridges that listen at those addresses.
    private func problems(_ addresses: String...) -> [String] {
        let start = TextPosition(line: 1, column: 1)
        let root = ConfigLocation(root: start).member("bridges", at: start)
        var problems = Problems()
        for (index, address) in addresses.enumerated() {
            let place = root.element(index, at: start)
            let listen = place.member("listen", at: start)
            let member = ConfigValue.Member(
                key: "listen", keyLocation: listen, value: ConfigValue(.string(address), at: listen)
            )
            _ = TCP.Options.decode(
                ConfigValue(.object([member]), at: place), into: &problems)
        }
        return problems.sorted.map { "\($0.path): \($0.sentence)" }
    }

    @Test func `two bridges can't listen at one address`() {
        let sentence = "expected an address of its own, found the address of bridges[0]"
        #expect(
            problems("[::]:2000", "0.0.0.0:2000", "[::]:2000") == ["bridges[2].listen: \(sentence)"]
        )
        #expect(problems("unix:a", "unix:a") == ["bridges[1].listen: \(sentence)"])
        #expect(problems("[::]:0", "[::]:0") == [])
    }
}
