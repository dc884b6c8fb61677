import MessageBus
import Testing

@Suite(.timeLimit(.minutes(10))) struct AddressBlockTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("192.0.2.7/32", "192.0.2.7"), ("192.0.2.7/24", "192.0.2.0/24"),
        ("10.20.30.40/16", "10.20.0.0/16"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7/120", "192.0.2.0/24"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8::/32", "2001:db8::/32"), ("2001:DB8:ffff::/33", "2001:db8:8000::/33"),
        ("2001:db8::1/128", "2001:db8::/64"), ("::1", "::/64"),
    ])
    func `a block is read and written`(text: String, expected: String) {
        #expect(AddressBlock(text)?.description == expected)
        #expect(AddressBlock(expected)?.description == expected)
    }

    @Test(arguments: [
        "", "ana", "7", "192.0.2", "192.0.2.256", "192.0.2.7/15", "192.0.2.7/33", "192.0.2.7/",
        "192.0.2.7/+24", "192.0.2.7/24/24", "2001:db8::/31", "2001:db8::/129", "[::1]", "::1%lo",
        "192.0.2.7:2000", "1.2.3.4 ", "::ffff:192.0.2.7/111", "0x7f.1",
    ])
    func `what is no block, or too large a one, is none`(text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test func `a block contains its addresses of its family only`() throws {
        let block = try #require(AddressBlock("192.0.2.0/23"))
        #expect(block.contains(ClientAddress(ipv4: 0xC000_02FF)))
        #expect(block.contains(ClientAddress(ipv4: 0xC000_03FF)))
        #expect(!block.contains(ClientAddress(ipv4: 0xC000_0400)))
        #expect(block.contains(ClientAddress(ipv6: 0, 0xFFFF_C000_0201)))
        #expect(!block.contains(ClientAddress(ipv6: 0xC000_0200, 0)))
        #expect(!block.contains(.local))
        let network = try #require(AddressBlock("2001:db8::/48"))
        #expect(network.contains(ClientAddress(ipv6: 0x2001_0DB8_0000_FFFF, 7)))
        #expect(!network.contains(ClientAddress(ipv6: 0x2001_0DB8_0001_0000, 7)))
        #expect(AddressBlock(.local).contains(.local))
    }

    @Test func `blocks overlap or do not`() throws {
        let block = try #require(AddressBlock("192.0.2.0/24"))
        #expect(try block.overlaps(#require(AddressBlock("192.0.2.9"))))
        #expect(try #require(AddressBlock("192.0.2.9")).overlaps(block))
        #expect(try block.overlaps(#require(AddressBlock("192.0.0.0/16"))))
        #expect(try !block.overlaps(#require(AddressBlock("192.0.3.0/24"))))
        #expect(try #require(AddressBlock("127.1.2.3/16")).holdsLoopback)
        #expect(try #require(AddressBlock("::1")).holdsLoopback)
        #expect(try #require(AddressBlock("::/32")).holdsLoopback)
        #expect(try !#require(AddressBlock("2001:db8::/32")).holdsLoopback)
        #expect(!block.holdsLoopback)
    }

    @Test(arguments: ["192.0.2.7", "2001:db8:1:2::/64", "local"])
    func `an address is written as its block is`(text: String) throws {
        let bare = String(text.prefix { $0 != "/" })
        let address = text == "local" ? ClientAddress.local : try #require(ClientAddress(bare))
        #expect(address.description == text)
    }
}
