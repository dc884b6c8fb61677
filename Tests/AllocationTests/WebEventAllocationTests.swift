import AllocationCounter
import MessageBus
import TestSupport
import Testing
import WebBridge

/// The allocations that a message costs on its way into a transcript of the web's form.
@Suite(.serialized) struct WebEventAllocationTests {
    @Test(arguments: [WebEventEncoder.Form.webSocketFrame, .serverSentEvent])
    func `encoding a message allocates nothing`(form: WebEventEncoder.Form) {
        let details = MessageDetails(
            reply: Quotation(number: 3, name: "a person with a long name", excerpt: "what?"),
            origin: Origin(session: [UInt8](repeating: 1, count: 32), id: "an-id-of-a-message"))
        let arena = MessageArena(room: "a room with a long name", capacity: 1_000, bytes: 1 << 20)
        let sender = Sender.make("a person with a long name", bridge: "a bridge with a long name")
        let text = Array("a \"line\" like any other one, and longer".utf8)
        for index in 0..<arena.capacity {
            var header = MessageHeader()
            header.number = MessageNumber(rawValue: UInt64(index))
            text.withUnsafeBytes {
                arena.append(
                    header, copying: $0, sender: sender, details: index % 2 == 0 ? details : nil)
            }
        }
        let encoder = WebEventEncoder(form)
        let transcript = Transcript(capacity: 64 << 10, framing: encoder.framing)
        var least = UInt64.max
        for _ in 0..<5 {
            let before = allocation_count()
            _ = encoder.encode(arena, 0..<arena.count, into: transcript, until: .max)
            least = min(least, UInt64(allocation_count()) - UInt64(before))
        }
        #if DEBUG
            // The marks of the transcript, and what code that is not optimised boxes.
            #expect(least < 100)
        #else
            #expect(least < 3)
        #endif
    }
}
