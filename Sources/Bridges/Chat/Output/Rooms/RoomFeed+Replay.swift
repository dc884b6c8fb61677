import MessageBus

// Reading a room from a number on: what has happened since comes from the store or the log, and
// then the reader goes on in the transcript, with nothing missing or twice.
extension RoomFeed {
    /// The origin of the next events of a reader that is behind.
    package enum ReplayStep {
        /// These, at once; then it goes on behind a number.
        case run(StoredRun, through: MessageNumber)
        /// The store, which is to be asked for events behind a number, up to another one.
        case store(after: MessageNumber, through: MessageNumber)
        /// Nothing yet: the store must get further first, or the room.
        case wait
        /// Nothing up to a number: nobody has those events any more.
        case lost(through: MessageNumber)
    }

    /// Begins to read, and returns the cursor; `detachReader()` ends it.
    ///
    /// - Parameters:
    ///   - number: the last event that the reader has; `nil`: it wants only what is new.
    ///   - isStored: whether a store has what the transcript no longer holds.
    package func attachReader(after number: MessageNumber?, isStored: Bool) -> TranscriptCursor {
        catchUp()
        readers += 1
        let isStoreBacked = isStored && isRepeatable
        guard let number, number < room.lastNumber else {
            return TranscriptCursor(atEndOf: transcript, isStoreBacked: isStoreBacked)
        }
        // The place where what is replayed ends.
        transcript.pass(through: room.lastNumber)
        return TranscriptCursor(
            after: number, in: transcript, end: room.lastNumber, isStoreBacked: isStoreBacked)
    }

    /// Ends reading.
    package func detachReader() { readers -= 1 }

    /// Returns the next step of a reader that is behind; `nil` if it is not.
    ///
    /// - Parameter count: messages of a step at most.
    package func replayStep(
        of cursor: TranscriptCursor, atMost count: Int, _ bus: isolated Bus
    ) -> ReplayStep? {
        guard let catchUp = cursor.catchUp else { return nil }
        let number = catchUp.number
        if let last = cursor.lastNumber, number >= last {
            return .run(StoredRun([], isComplete: true), through: last)
        }
        if let begin = room.completeAfter, number >= begin {
            return logStep(after: number, limit: cursor.lastNumber, atMost: count)
        }
        guard bus.keepsMessages else { return .lost(through: room.completeAfter ?? number) }
        guard bus.isStoreCurrent else { return .wait }
        let through = min(bus.storedEnd(of: room), cursor.lastNumber ?? .max)
        return through > number ? .store(after: number, through: through) : .wait
    }

    private func logStep(after number: MessageNumber, limit: MessageNumber?, atMost count: Int)
        -> ReplayStep
    {
        catchUp()
        // The transcript is entered at a mark.
        guard let mark = transcript.mark(upTo: .max),
            case let end = min(mark.number, limit ?? .max),
            end > number
        else { return .wait }
        let found = room.log.messages(from: room.log.position(after: number), atMost: count)
        let fitting = found.prefix { $0.number <= end }
        let isComplete = fitting.count < found.count || found.count < count
        return .run(
            StoredRun(Array(fitting), isComplete: isComplete),
            through: isComplete ? end : fitting.last?.number ?? end)
    }

    /// Returns messages as the feed's readers are shown them: a copy of the bridge's chain judges
    /// each as it was judged when it was said, without counting.
    package func shown(_ messages: [Message]) -> [Message] {
        guard !isRepeatable else { return messages }
        let chain = freshChain()
        return messages.flatMap { message in
            var message = message
            message.uptime = message.received.milliseconds &* 1_000_000
            return chain.judge([message])
        }
    }

    /// Encodes a step's messages for a reader that is behind.
    ///
    /// - Parameter connectionID: the connection whose messages are counted but not shown.
    package func page(
        of run: StoredRun, for cursor: TranscriptCursor, as encoder: some MessageEncoder,
        hiding connectionID: UInt32? = nil
    ) -> EncodedPage {
        var page = EncodedPage(
            skipping: cursor.catchUp?.linesSent ?? 0, longest: transcript.maxLineBytes)
        for message in shown(run.messages) {
            page.append(
                message, isShown: message.header.connectionID != connectionID, as: encoder)
        }
        return page
    }
}
