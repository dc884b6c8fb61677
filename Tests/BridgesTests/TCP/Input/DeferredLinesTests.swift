import Sockets
import Testing

@testable import Chat
@testable import TCPBridge

@Suite struct DeferredLinesTests {
    @Test func `memory is freed with the last line`() {
        var lines = DeferredLines()
        let line = [UInt8](repeating: 0x61, count: 1_000)
        for _ in 0..<100 {
            line.withUnsafeBytes { lines.append(.line($0, isPlain: true)) }
            line.withUnsafeBytes { lines.append(.tooLong($0)) }
            var pieces = 0
            while lines.consumeNext({ _ in pieces += 1 }) {}
            #expect(pieces == 2)
            #expect(lines.isEmpty)
            #expect(lines.bytes.isEmpty)
        }
    }
}
