import COpenSSL
import Glibc
import TestSupport
import Testing

@testable import Sockets

/// The server's side of TLS: handshakes, texts in both directions, ends, and clients that
/// misbehave.
@Suite(.timeLimit(.minutes(10))) struct TLSSessionTests {
    private let certificate: TestCertificate
    private let context: TLSContext

    init() throws {
        certificate = try TestCertificate()
        context = try certificate.files.load()
    }

    private func connected(
        _ settings: TLSEngine.Settings = TLSEngine.Settings(), sendBuffer: Int32? = nil
    ) throws -> TLSPair {
        let pair = try TLSPair(context, settings, sendBuffer: sendBuffer)
        pair.connect()
        try #require(pair.progress == .done)
        _ = pair.client.read()
        return pair
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    private static func settings(_ change: (inout TLSEngine.Settings) -> Void) -> TLSEngine.Settings
    {
        var settings = TLSEngine.Settings()
        change(&settings)
        return settings
    }

    // MARK: - Handshakes

    @Test(arguments: [
        (TLS1_3_VERSION, "TLSv1.3"), (TLS1_2_VERSION, "TLSv1.2"),
    ])
    func `a client of either version gets the certificate and is understood`(
        version: Int32, name: String
    ) throws {
        let pair = try connected(Self.settings { $0.version = version })
        #expect(pair.client.version == name)
        #expect(pair.session.summary.hasPrefix(name))
        #expect(pair.client.fingerprint == certificate.fingerprint)
        pair.toServer(pair.encrypted(Array("hola".utf8)))
        #expect(pair.readAll().text == Array("hola".utf8))
        #expect(pair.send(Array("¿qué tal?".utf8)) == .bytes(11))
        pair.client.receive(pair.fromServer())
        #expect(pair.client.read() == Array("¿qué tal?".utf8))
    }

    @Test(arguments: [1, 2, 5, 6, 100]) func `a handshake comes in pieces of any size`(piece: Int)
        throws
    {
        let pair = try TLSPair(context)
        pair.connect(piece: piece)
        #expect(pair.progress == .done)
    }

    @Test(arguments: [TLS1_VERSION, TLS1_1_VERSION])
    func `older versions are refused with an alert`(version: Int32) throws {
        let pair = try TLSPair(
            context,
            Self.settings {
                $0.version = version
                $0.isLax = true
            })
        pair.connect()
        #expect(pair.progress == .failed("unsupported protocol"))
        #expect(pair.client.end == .failed("tlsv1 alert protocol version"))
    }

    @Test(arguments: ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "AECDH-AES128-SHA", "NULL-SHA256"])
    func `ciphers outside the profile are refused`(cipher: String) throws {
        let pair = try TLSPair(
            context,
            Self.settings {
                $0.version = TLS1_2_VERSION
                $0.ciphers = cipher
                $0.isLax = true
            })
        pair.connect()
        #expect(pair.progress == .failed("no shared cipher"))
    }

    @Test(arguments: [
        (["puente"], "puente"), (["h2", "puente", "http/1.1"], "puente"), ([], ""),
    ])
    func `the protocol is chosen if it is offered`(offer: [String], chosen: String) throws {
        let pair = try connected(Self.settings { $0.protocols = offer })
        #expect(pair.client.chosenProtocol == chosen)
    }

    @Test(arguments: [["h2", "http/1.1"], ["irc"], ["puente2"], ["puent"]])
    func `a client that offers only other protocols is refused`(offer: [String]) throws {
        let pair = try TLSPair(context, Self.settings { $0.protocols = offer })
        pair.connect()
        guard case .failed = pair.progress else {
            Issue.record("\(pair.progress)")
            return
        }
        #expect(pair.client.end == .failed("tlsv1 alert no application protocol"))
    }

    @Test func `a ticket resumes a session until the keys are renewed`() throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            let settings = Self.settings { $0.version = version }
            let first = try connected(settings)
            let second = try TLSPair(context, settings, resuming: first.client.ticket)
            second.connect()
            #expect(second.progress == .done && second.client.isResumed)
            context.renewTicketKeys()
            let third = try TLSPair(context, settings, resuming: first.client.ticket)
            third.connect()
            #expect(third.progress == .done && !third.client.isResumed)
        }
    }

    @Test(arguments: Seeded.some) func `random bytes end a handshake`(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<200 {
            let pair = try TLSPair(context)
            pair.client.handshake()
            var bytes = pair.client.dequeueOutput()
            for _ in 0..<4 {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            // It goes on, fails or waits, and nothing traps.
            _ = bytes.withUnsafeBytes { pair.session.handshake($0) }
            let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = noise.withUnsafeBytes { pair.session.handshake($0) }
        }
    }

    // MARK: - Texts

    @Test(arguments: [1, 255, 16_383, 16_384, 16_385, 70_000])
    func `a text of any length goes in both directions`(count: Int) throws {
        let pair = try connected()
        let text = Self.bytes(count)
        var sent: [UInt8] = []
        var rest = pair.encrypted(text)[...]
        while !rest.isEmpty {
            pair.toServer(rest.prefix(20_000))
            rest = rest.dropFirst(20_000)
            sent += pair.readAll().text
        }
        #expect(sent == text)
        #expect(pair.send(text) == .bytes(count))
        pair.client.receive(pair.fromServer())
        #expect(pair.client.read() == text)
        #expect(pair.session.overheadBytes > 0)
    }

    @Test func `text may come with the end of the handshake and byte by byte`() throws {
        let pair = try TLSPair(context)
        pair.client.handshake()
        let hello = pair.client.dequeueOutput()
        #expect(hello.withUnsafeBytes { pair.session.handshake($0) } == .needsInput)
        pair.client.receive(pair.fromServer())
        let finished = pair.client.dequeueOutput() + pair.encrypted(Array("ana: hola\n".utf8))
        #expect(finished.withUnsafeBytes { pair.session.handshake($0) } == .done)
        #expect(pair.session.hasHeldInput)
        #expect(pair.readAll() == (Array("ana: hola\n".utf8), .wouldBlock))
        #expect(!pair.session.hasHeldInput)
        var text: [UInt8] = []
        for byte in pair.encrypted(Self.bytes(300)) {
            pair.toServer([byte])
            text += pair.readAll().text
        }
        #expect(text == Self.bytes(300))
    }

    @Test func `many small records are read with bounded work, and none is lost`() throws {
        let pair = try connected()
        var bytes: [UInt8] = []
        for value in 0..<3_000 { bytes += pair.encrypted([UInt8(truncatingIfNeeded: value)]) }
        var text: [UInt8] = []
        var largest = 0
        while !bytes.isEmpty {
            pair.toServer(bytes.prefix(30_000))
            bytes.removeFirst(min(30_000, bytes.count))
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while case .bytes(let count) = buffer.withUnsafeMutableBytes({
                pair.session.receive(into: $0)
            }) {
                text += buffer[..<count]
                largest = max(largest, count)
            }
        }
        #expect(text.count == 3_000)
        #expect(text == (0..<3_000).map { UInt8(truncatingIfNeeded: $0) })
        // A record of one byte has 23.
        #expect(largest < 500)
    }

    @Test func `a reader that takes nothing holds a record here at most, and gets all of it later`()
        throws
    {
        let pair = try connected(sendBuffer: 4_096)
        let text = Self.bytes(400_000)
        var accepted = 0
        func sendMore() {
            while accepted < text.count {
                let rest = Array(text[accepted...])
                guard case .bytes(let count) = pair.send(rest) else { return }
                accepted += count
                if pair.session.hasUnsent { return }
            }
        }
        sendMore()
        #expect(pair.session.hasUnsent && pair.session.unsentCount < 17_000)
        // What counts as sent need not be offered again, whatever is sent next.
        #expect(pair.send([1]) == .wouldBlock)
        while accepted < text.count || pair.session.hasUnsent {
            pair.client.receive(pair.fromServer(atMost: 1_000))
            if pair.session.flush() == nil { sendMore() }
        }
        pair.client.receive(pair.fromServer())
        #expect(pair.client.read() == text)
    }

    // MARK: - Ends

    @Test func `close_notify is an end, in both directions`() throws {
        let pair = try connected()
        let last = pair.encrypted(Array("adiós".utf8))
        pair.client.finish()
        pair.toServer(last + pair.client.dequeueOutput())
        // Text and end come together; the end is reported although the kernel has nothing.
        #expect(pair.readAll() == (Array("adiós".utf8), .end))
        #expect(pair.session.hasHeldInput)
        #expect(pair.send(Array("igualmente".utf8)) == .bytes(10))
        pair.session.finish()
        pair.session.finish()
        let other = try connected()
        other.session.finish()
        other.client.receive(other.fromServer())
        #expect(other.client.read() == [] && other.client.end == .closed)
        #expect(other.send([1]) == .failed(EPIPE))
    }

    @Test func `an end without close_notify is a reset`() throws {
        let pair = try connected()
        pair.toServer(pair.encrypted(Array("hola".utf8)))
        shutdown(pair.far, Int32(SHUT_WR))
        #expect(pair.readAll() == (Array("hola".utf8), .failed(ECONNRESET)))
    }

    @Test func `a mangled record ends the session`() throws {
        for place in [0, 1, 3, 4, 5, 20] {
            let pair = try connected()
            var bytes = pair.encrypted(Array("ana: hola\n".utf8))
            bytes[place] ^= 0x40
            pair.toServer(bytes + [UInt8](repeating: 0, count: 20_000))
            #expect(pair.readAll() == ([], .failed(EPROTO)))
            #expect(pair.send([1]) == .failed(EPIPE))
        }
    }

    @Test func `renegotiation is refused, and asking for it again and again ends the session`()
        throws
    {
        let pair = try connected(Self.settings { $0.version = TLS1_2_VERSION })
        pair.client.renegotiate()
        pair.toServer(pair.client.dequeueOutput())
        #expect(pair.readAll() == ([], .wouldBlock))
        pair.client.receive(pair.fromServer())
        _ = pair.client.read()
        #expect(pair.client.end == .failed("no renegotiation"))
        let stubborn = try connected(Self.settings { $0.version = TLS1_2_VERSION })
        stubborn.client.renegotiate()
        let hello = stubborn.client.dequeueOutput()
        stubborn.toServer(hello + hello)
        #expect(stubborn.readAll().end == .failed(EPROTO))
    }

    @Test func `new keys are made when asked for, and a flood of requests ends the session`() throws
    {
        let pair = try connected()
        pair.client.updateKeys()
        pair.toServer(pair.client.dequeueOutput() + pair.encrypted(Array("hola".utf8)))
        #expect(pair.readAll().text == Array("hola".utf8))
        #expect(pair.send(Array("hola".utf8)) == .bytes(4))
        pair.client.receive(pair.fromServer())
        #expect(pair.client.read() == Array("hola".utf8))
        for _ in 0..<40 { pair.client.updateKeys() }
        pair.toServer(pair.client.dequeueOutput())
        #expect(pair.readAll().end == .failed(EPROTO))
    }
}
