import Testing

@testable import MessageBus

@Suite struct SenderTests {
    @Test(arguments: [
        ("{name} ({bridge})", "Ana", "Ana (tg)"), ("{bridge}/{name}", "Ana", "tg/Ana"),
        ("{name}", "Ana", "Ana"), ("{x} {name}{", "Ana", "{x} Ana{"),
        ("{name} ({bridge})", "{bridge}", "{bridge} (tg)"),
        ("{name} ({bridge})", "{name}", "{name} (tg)"),
    ])
    func `a format is filled in once`(format: String, name: String, expected: String) {
        let attachment = BridgeAttachment(name: "tg", room: "general", senderFormat: format)
        let sender = Sender(
            named: name, attachment: attachment, namePolicy: NamePolicy(), identity: 1)
        #expect(sender.name == expected)
        #expect(sender.bridge == "tg")
    }
}
