import Testing

@testable import Sockets

/// Addresses and blocks of them, as `proxyFrom` has them.
@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.200", true),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
        ("::1", "::1", true), ("::/0", "2001:db8::1", true),
        // IPv4 in IPv6 is IPv4, on both sides.
        ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("::ffff:192.0.2.9", "192.0.2.9", true),
        ("::/0", "::ffff:192.0.2.9", false),
    ])
    func `a range contains its own`(range: String, address: String, isIn: Bool) throws {
        let bytes = try #require(SocketAddress.ipBytes(address))
        #expect(try #require(AddressRange(range)).contains(bytes) == isIn)
    }

    @Test(arguments: [
        "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8", "10/8",
        "10.0.0.1/8", "::1/64", "2001:db8::/129", "localhost", "10.0.0.0/8 ", "[::1]", "fe80::1%lo",
    ])
    func `nothing else is a range`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test func `the range that was meant is known`() {
        #expect(AddressRange.aligned("10.1.2.3/8").map { "\($0)" } == "10.0.0.0/8")
        #expect(AddressRange.aligned("2001:db8::5/64").map { "\($0)" } == "2001:db8::/64")
        #expect(AddressRange("192.0.2.1").map { "\($0)" } == "192.0.2.1")
        #expect(AddressRange.aligned("x/8") == nil)
    }
}
