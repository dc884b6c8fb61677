import Chat
import MessageBus
import TCPBridge

extension [Benchmark] {
    /// The work of a room with messages that passed.
    static func rooms() -> [Benchmark] {
        let copied = Samples.batch(count: Samples.linesInRead)
        let framed = Samples.framedBatch()
        return [
            appending("append to a room's log", copied),
            appending("append to a room's log, framed lines", framed),
            encoding("encode into a transcript", copied),
            encoding("encode into a transcript, framed lines", framed),
        ]
    }

    private static func appending(_ name: String, _ batch: Batch) -> Benchmark {
        let log = MessageLog(room: batch.room)
        return Benchmark(name, lines: batch.count) { _ = log.append(batch.arena) }
    }

    private static func encoding(_ name: String, _ batch: Batch) -> Benchmark {
        let transcript = Transcript(capacity: 4 << 20)
        let encoder = ChatEncoder(Phrases(.es))
        let tally = Tally()
        return Benchmark(name, lines: batch.count) {
            _ = encoder.encode(batch.arena, 0..<batch.count, into: transcript, until: .max)
            transcript.drainRuns { tally.add($0.lines) }
        }
    }
}
