/// One form of a room for socket readers: a transcript, its encoder, and the chain that outgoing
/// messages pass.
///
/// Readers with the same encoder and without an outgoing chain of their own share one. Confined to
/// the bus's loop.
package final class RoomFeed {
    package let room: Room
    package let transcript: Transcript
    private let encoder: any TranscriptEncoder
    private let outgoing: Chain
    private unowned let reader: any RoomFeedDelegate
    private var position: LogPosition
    /// The end of the transcript when the readers were last allowed to send.
    private var passedOn: TranscriptOffset = 0
    /// Connections that read it; without any, nothing is encoded.
    package var readers = 0

    /// True if the same bytes can be written again from the stored messages: a chain might judge
    /// those differently the second time.
    package var isRepeatable: Bool { outgoing.isEmpty }

    /// Returns an outgoing chain that has judged nothing yet.
    package func freshChain() -> Chain { outgoing.renewed() }

    /// Makes a feed that begins at the end of the log.
    ///
    /// - Parameter number: a number greater than all numbers given so far.
    package init(
        room: Room, capacity: Int, encoder: any TranscriptEncoder, outgoing: Chain,
        reader: any RoomFeedDelegate, after number: MessageNumber
    ) {
        self.room = room
        transcript = Transcript(
            capacity: capacity, framing: encoder.framing, owner: room.owner)
        self.encoder = encoder
        self.outgoing = outgoing
        self.reader = reader
        position = room.log.end
        transcript.pass(through: number)
    }

    /// Encodes the messages since the last call, and lets the readers send now and then so that a
    /// burst never overtakes a reader that keeps up.
    package func catchUp() {
        room.owner.assertOwned()
        guard position != room.log.end else { return }
        guard readers > 0 else {
            position = room.log.end
            transcript.pass(through: room.log.lastNumber)
            return
        }
        position = room.log.forEachRun(from: position) { arena, range in
            if outgoing.isEmpty {
                encode(arena, range)
            } else {
                let copy = Batch(arena.copy(of: range))
                outgoing.judge(copy)
                outgoing.judgeQuotations(in: copy, original: room.log.message(numbered:))
                encode(copy.arena, 0..<copy.count)
            }
        }
    }

    private func encode(_ arena: MessageArena, _ range: Range<Int>) {
        var next = range.lowerBound
        while next < range.upperBound {
            let limit = passedOn + transcript.capacity / 4
            next = encoder.encode(arena, next..<range.upperBound, into: transcript, until: limit)
            if transcript.head >= limit { passOn() }
        }
    }

    private func passOn() {
        passedOn = transcript.head
        reader.transcriptGrew(self)
    }

    func flush() {
        catchUp()
        if readers > 0 { passOn() }
    }
}
