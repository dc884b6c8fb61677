import TestSupport
import Testing

@testable import MessageBus

@Suite struct KnownSendersTests {
    private var known = KnownSenders()
    private var made = 0

    private mutating func ask(_ name: String, _ identity: String? = nil) -> Sender {
        var isNew = false
        let sender = known.sender(for: SenderKey(identity: identity, name: name)) {
            isNew = true
            return Sender(name: name, key: name, bridge: "x", identity: 1)
        }
        if isNew { made += 1 }
        return sender
    }

    @Test mutating func `everybody has one sender, whoever speaks between`() {
        let (ana, bob) = (ask("ana"), ask("bob"))
        let again = [ask("bob"), ask("ana"), ask("ana")]
        #expect(again[0] === bob)
        #expect(again[1] === ana)
        #expect(again[2] === ana)
        #expect(made == 2)
    }

    @Test mutating func `the same name of another person is another sender`() {
        let senders = [ask("ana", "1"), ask("ana", "2"), ask("ana"), ask("ana", "1")]
        #expect(made == 3)
        #expect(senders[3] === senders[0])
    }

    @Test mutating func `all are forgotten when there are too many, but for the newest`() {
        for number in 0..<KnownSenders.maxCount { _ = ask("\(number)") }
        #expect(known.all.count == KnownSenders.maxCount)
        let newest = ask("ana")
        #expect(known.all.map(\.name) == ["ana"])
        let again = ask("ana")
        #expect(again === newest)
        #expect(made == KnownSenders.maxCount + 1)
    }
}
