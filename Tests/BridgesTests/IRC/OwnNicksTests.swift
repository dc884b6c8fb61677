import MessageBus
import Sockets
import TestSupport
import Testing

@testable import IRCBridge

@Suite struct OwnNicksTests {
    @Test func `only other bridges on the same network are meant`() async throws {
        let test = try TestBus()
        let port = await test.port("irc")
        var options = IRCClient.Options()
        options.server = try #require(Address("localhost:6667"))
        options.nick = "puente"
        let nicks = OwnNicks()
        let one = JoinedNetwork(options, test.context(), port, nicks, checkpoints: [:])
        let two = JoinedNetwork(options, test.context(), port, nicks, checkpoints: [:])
        nicks.record("puente", on: "Libera", of: one)
        nicks.record("puente2", on: "libera", of: two)
        #expect(nicks.isAnother("puente2", on: "LIBERA", than: one))
        #expect(!nicks.isAnother("puente", on: "libera", than: one))
        #expect(!nicks.isAnother("puente2", on: "oftc", than: one))
        #expect(!nicks.isAnother("ana", on: "libera", than: one))
        nicks.remove(two)
        #expect(!nicks.isAnother("puente2", on: "libera", than: one))
    }
}
