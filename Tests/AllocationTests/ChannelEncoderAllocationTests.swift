import AllocationCounter
import MessageBus
import TestSupport
import Testing

@testable import IRCServerBridge

/// The allocations that a message costs on its way into a channel's transcript.
@Suite(.serialized) struct ChannelEncoderAllocationTests {
    @Test(arguments: [ClientForm.Transport.lines, .textFrames])
    func `encoding a message allocates nothing`(transport: ClientForm.Transport) async throws {
        let test = try TestBus(language: .en)
        let least = await test.bus.perform { _ in Self.allocations(transport, test.bus) }
        #if DEBUG
            // Code that is not optimised boxes what it hands to generic functions.
            #expect(least < 200_000)
        #else
            #expect(least < 20)
        #endif
        test.stop()
    }

    /// Returns the allocations for a thousand messages, the least of several tries.
    private static func allocations(_ transport: ClientForm.Transport, _ bus: Bus) -> Int {
        let arena = MessageArena(room: "general", capacity: 1_000, bytes: 1 << 20)
        let sender = Sender.make("a person with a long name", bridge: "tcp")
        let text = Array("a line like any other one, and longer".utf8)
        for index in 0..<arena.capacity {
            var header = MessageHeader()
            header.number = MessageNumber(rawValue: UInt64(index))
            text.withUnsafeBytes {
                arena.append(header, copying: $0, sender: sender, details: nil)
            }
        }
        let form = ClientForm([.serverTime, .messageTags], transport, instance: "a")
        let people = IRCPeople(bus)
        let encoder = ChannelEncoder(form, room: "general", people: people)
        let transcript = Transcript(capacity: 64 << 10, framing: encoder.framing)
        var least = Int.max
        for _ in 0..<5 {
            let before = allocation_count()
            withExtendedLifetime(people) {
                _ = encoder.encode(arena, 0..<arena.count, into: transcript, until: .max)
            }
            least = min(least, Int(allocation_count()) - Int(before))
        }
        return least
    }
}
