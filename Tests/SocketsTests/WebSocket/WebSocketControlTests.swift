import Testing

@testable import Sockets

/// Pings, pongs and closes, and the frames that are sent.
@Suite struct WebSocketControlTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `frames have the shortest header`() {
        for (count, header) in [
            (0, [0x81, 0]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]),
            (65_535, [0x81, 126, 255, 255]), (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])] {
            var bytes: [UInt8] = []
            WebSocketFrame.append(.text, [UInt8](repeating: 0x61, count: count), to: &bytes)
            #expect(Array(bytes.prefix(header.count)) == header)
            #expect(bytes.count == header.count + count)
            #expect(WebSocketFrame.headerCount(forPayload: count) == header.count)
        }
    }

    @Test func `a close has a code, and as much of the reason as fits`() {
        var bytes: [UInt8] = []
        WebSocketFrame.appendClose(.goingAway, "bye", to: &bytes)
        #expect(bytes == [0x88, 5, 0x03, 0xE9] + Array("bye".utf8))
        bytes = []
        WebSocketFrame.appendClose(.normal, String(repeating: "€", count: 50), to: &bytes)
        #expect(bytes.count == 2 + 125 && bytes[1] == 125)
        #expect(String(validating: bytes.dropFirst(4), as: UTF8.self) != nil)
    }

    @Test func `a client that answers each ping stays, and another is lost by the next`() {
        var control = WebSocketControl(at: 0)
        for round in 1...3 {
            control.check(at: Int64(round) * 30 * Self.second - 1)
            #expect(!control.hasOutput)
            control.check(at: Int64(round) * 30 * Self.second)
            #expect(control.dequeueOutput() == [0x89, 0])
            #expect(control.state == .open)
            control.receivePong()
        }
        control.check(at: control.deadline)
        _ = control.dequeueOutput()
        control.check(at: control.deadline)
        #expect(control.state == .lost)
    }

    @Test func `of many pings the last one is answered`() {
        var control = WebSocketControl(at: 0)
        for byte: UInt8 in 1...100 { control.receivePing([byte]) }
        #expect(control.dequeueOutput() == [0x8A, 1, 100])
        #expect(!control.hasOutput && control.dequeueOutput() == [])
    }

    @Test func `the client's close is answered with its code`() {
        var control = WebSocketControl(at: 0)
        control.receivePing([1])
        control.receiveClose(.normal, at: 5)
        #expect(control.state == .closed)
        #expect(control.dequeueOutput() == [0x88, 2, 0x03, 0xE8])
        control.receivePing([2])
        control.close(.goingAway, at: 6)
        #expect(control.dequeueOutput() == [])
        var silent = WebSocketControl(at: 0)
        silent.receiveClose(nil, at: 0)
        #expect(silent.dequeueOutput() == [0x88, 0])
    }

    @Test func `our close waits for the client's, for five seconds`() {
        var control = WebSocketControl(at: 0)
        control.close(.goingAway, at: Self.second)
        #expect(control.dequeueOutput() == [0x88, 2, 0x03, 0xE9])
        #expect(control.state == .closing && control.deadline == 6 * Self.second)
        var other = control
        other.receiveClose(.goingAway, at: 2 * Self.second)
        #expect(other.state == .closed && other.dequeueOutput() == [])
        control.check(at: control.deadline)
        #expect(control.state == .lost)
        var failed = WebSocketControl(at: 0)
        failed.fail(WebSocketViolation(code: .invalidText, reason: "x"), at: 0)
        #expect(failed.state == .closed && failed.dequeueOutput() == [0x88, 3, 0x03, 0xEF, 0x78])
    }
}
