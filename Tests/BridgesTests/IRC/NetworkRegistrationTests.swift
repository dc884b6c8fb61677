import IRC
import MessageBus
import Testing

@testable import IRCBridge

/// The registration of a connection.
@Suite struct NetworkRegistrationTests {
    private static func registration(isEncrypted: Bool = false) -> NetworkRegistration {
        var options = IRCClient.Options()
        options.nick = "puente"
        options.alternatives = ["otro"]
        var registration = NetworkRegistration(options, isEncrypted: isEncrypted)
        registration.begin()
        _ = registration.drainOutput()
        return registration
    }

    private static func lines(_ registration: inout NetworkRegistration) -> [String] {
        registration.drainOutput().map { String(decoding: $0.bytes.dropLast(2), as: UTF8.self) }
    }

    @discardableResult
    private static func receive(
        _ line: String, _ registration: inout NetworkRegistration
    ) throws -> NetworkRegistration.Outcome {
        registration.receive(try #require(IRCMessage(line.utf8)))
    }

    @Test func `capabilities come in several lines, and only those that are wanted are asked for`()
        throws
    {
        var registration = Self.registration()
        try Self.receive(":s CAP * LS * :server-time foo", &registration)
        #expect(Self.lines(&registration) == [])
        try Self.receive(":s CAP * LS :batch=x message-tags", &registration)
        #expect(Self.lines(&registration) == ["CAP REQ :batch message-tags server-time"])
        try Self.receive(":s CAP * ACK :batch message-tags server-time ", &registration)
        #expect(Self.lines(&registration) == ["CAP END"])
        #expect(registration.capabilities.has("server-time"))
    }

    @Test func `what is refused together is asked for one by one`() throws {
        var registration = Self.registration()
        try Self.receive(":s CAP * LS :batch server-time", &registration)
        _ = Self.lines(&registration)
        try Self.receive(":s CAP * NAK :batch server-time", &registration)
        #expect(Self.lines(&registration) == ["CAP REQ batch", "CAP REQ server-time"])
        try Self.receive(":s CAP * NAK :batch", &registration)
        #expect(Self.lines(&registration) == [])
        try Self.receive(":s CAP * ACK :server-time", &registration)
        #expect(Self.lines(&registration) == ["CAP END"])
    }

    @Test func `nicks are tried one after the other`() throws {
        var registration = Self.registration()
        for nick in ["otro", "puente_", "puente__", "puente___", "puente_4"] {
            #expect(try Self.receive(":s 433 * x :in use", &registration) == .proceed)
            #expect(Self.lines(&registration) == ["NICK \(nick)"])
        }
        var outcome = NetworkRegistration.Outcome.proceed
        for _ in 0..<20 { outcome = try Self.receive(":s 437 * x :in use", &registration) }
        #expect(outcome == .failed("the server takes none of the nicks (in use)"))
    }

    @Test func `the nick is the one that the server says`() throws {
        var registration = Self.registration()
        #expect(
            try Self.receive(":s 001 puen :Welcome", &registration) == .welcome(nick: "puen"))
    }

    @Test func `a server that wants TLS is obeyed in plain only`() throws {
        var plain = Self.registration()
        #expect(
            try Self.receive(":s CAP * LS :sts=port=6697,duration=10", &plain)
                == .upgrade(port: 6_697))
        #expect(Self.lines(&plain) == [])
        var encrypted = Self.registration(isEncrypted: true)
        #expect(
            try Self.receive(":s CAP * LS :sts=port=6697,duration=10", &encrypted) == .proceed)
        for rubbish in ["sts", "sts=port=0", "sts=port=99999", "sts=port=x", "sts=duration=1"] {
            var registration = Self.registration()
            #expect(try Self.receive(":s CAP * LS :\(rubbish)", &registration) == .proceed)
        }
    }

    @Test func `lines without what they should have change nothing`() throws {
        for command in ["CAP", "CAP *", "CAP * ACK", "AUTHENTICATE", "433", "005", "NICK", "ERROR"]
        {
            var registration = Self.registration()
            _ = try Self.receive(command, &registration)
        }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", 0), ("2011-10-19T16:40:51.620Z", 1_319_042_451_620),
        ("2024-02-29T23:59:59Z", 1_709_251_199_000), ("2024-02-29T23:59:59.5Z", 1_709_251_199_500),
    ])
    func `the server's time is read`(text: String, milliseconds: Int64) {
        #expect(TimeTag.time(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: ["", "x", "2011-10-19", "2011-13-19T16:40:51.620Z", "2011-10-19T16:40:51.Z"])
    func `what is no time is none`(text: String) { #expect(TimeTag.time(text) == nil) }

    @Test(arguments: [
        ("a.test b.test", true), ("*.net *.split", true), ("Quit: a.b c.d", false), ("bye", false),
        ("a.b", false), ("http://a.b c.d", false),
    ])
    func `a netsplit is known by its words`(reason: String, isSplit: Bool) {
        #expect(Netsplits.isSplit(reason) == isSplit)
    }
}
