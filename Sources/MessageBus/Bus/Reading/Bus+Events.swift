// The events of a room, from its log as far as that is complete, else from the store.
extension Bus {
    /// Returns how many events of a room may be missing after a number, judging by the numbers,
    /// because they are no longer kept; 0 if none is.
    package func missedEvents(in room: Room, after number: MessageNumber) async throws -> Int {
        if let begin = room.completeAfter, number >= begin { return 0 }
        guard keepsMessages else { return (room.completeAfter ?? number) - number }
        let removed = try await store.extent(of: room.name).removed
        return removed > number ? removed - number : 0
    }

    /// Returns true if a room has no event with a number that somebody has seen: the process was
    /// killed before the store had kept that event.
    ///
    /// False where nobody can tell.
    ///
    /// - Throws: what the store throws, if it can't be read.
    package func hasLost(_ number: MessageNumber, of room: Room) async throws -> Bool {
        if number == 0 || room.log.message(numbered: number) != nil { return false }
        if let begin = room.completeAfter, number > begin { return true }
        guard keepsMessages, number <= max(store.committed, room.lastInherited ?? 0) else {
            return false
        }
        let extent = try await store.extent(of: room.name)
        if number <= extent.removed || number == extent.last { return false }
        let found = try await store.messages(
            in: room.name, after: number - 1, through: number, atMost: 1)
        return found.messages.isEmpty
    }

    /// Returns the next events of a room after a number, each exactly once if the next call begins
    /// at `through`.
    ///
    /// - Throws: what the store throws, if it can't be read.
    package func events(
        in room: Room, after number: MessageNumber, atMost count: Int
    ) async throws -> RoomEvents {
        let missed = try await missedEvents(in: room, after: number)
        var number = number
        if !keepsMessages { number = max(number, room.completeAfter ?? 0) }
        while true {
            if let begin = room.completeAfter, number >= begin {
                return eventsFromLog(of: room, after: number, atMost: count, missed: missed)
            }
            let seen = storeSignal.count
            let through = storedEnd(of: room)
            guard through > number else {
                // The log has let go of what is not committed yet.
                await waitForStore(since: seen, evenWhenEnding: true)
                try Task.checkCancellation()
                continue
            }
            let run = try await store.messages(
                in: room.name, after: number, through: through, atMost: count)
            let last = run.isComplete ? through : run.messages.last?.number ?? through
            if run.messages.isEmpty {
                number = last
                continue
            }
            return RoomEvents(
                messages: run.messages, through: last,
                isComplete: last >= room.lastNumber, missed: missed)
        }
    }

    /// Returns the number up to which the store is to be asked for events that the log may not
    /// have.
    package func storedEnd(of room: Room) -> MessageNumber {
        min(max(store.committed, room.lastInherited ?? 0), room.completeAfter ?? .max)
    }

    private func eventsFromLog(
        of room: Room, after number: MessageNumber, atMost count: Int, missed: Int
    ) -> RoomEvents {
        let found = room.log.messages(from: room.log.position(after: number), atMost: count)
        let last = found.last?.number ?? number
        return RoomEvents(
            messages: found, through: last, isComplete: last >= room.log.lastNumber,
            missed: missed)
    }

    // MARK: - Texts

    /// Returns the last texts of a room before a number; corrected ones have the new text, and
    /// deleted ones say so.
    package func history(
        in room: Room, before number: MessageNumber = .max, atMost count: Int
    ) async throws -> RoomHistory {
        var (result, before, isComplete): ([Message], MessageNumber, Bool) = ([], number, false)
        while result.count < count, !isComplete {
            let texts = try await texts(in: room, before: before, atMost: count)
            isComplete = texts.count < count
            before = texts.first?.number ?? before
            // A correction stands in the place of what it corrects, if that is known.
            result = texts.filter { $0.details?.corrected == nil } + result
        }
        if result.count > count {
            isComplete = false
            result.removeFirst(result.count - count)
        }
        return RoomHistory(messages: try await corrected(result, in: room), isComplete: isComplete)
    }

    /// Returns the last texts and corrections of a room before a number, the oldest first.
    package func texts(
        in room: Room, before number: MessageNumber, atMost count: Int
    ) async throws -> [Message] {
        let recent = room.log.texts(before: number, atMost: count)
        guard recent.count < count, keepsMessages, room.hasForgotten else { return recent }
        return try await store.texts(
            in: room.name, before: recent.first?.number ?? number, atMost: count - recent.count)
            + recent
    }

    private func corrected(_ messages: [Message], in room: Room) async throws -> [Message] {
        let numbers = messages.lazy.filter { !$0.header.isDeleted }.map(\.number)
        let stored = keepsMessages ? try await store.corrections(of: Array(numbers)) : [:]
        let corrections = stored.merging(room.log.corrections(of: Set(numbers))) {
            $0.number > $1.number ? $0 : $1
        }
        if corrections.isEmpty { return messages }
        return messages.map { message in
            guard let correction = corrections[message.number] else { return message }
            var message = message
            message.body = correction.body
            message.header.flags.remove(.hasLines)
            if correction.header.flags.contains(.hasLines) {
                message.header.flags.insert(.hasLines)
            }
            return message
        }
    }

    /// Returns messages by their numbers, which rise; those that aren't there any more are left
    /// out.
    package func messages(numbered numbers: [MessageNumber]) async throws -> [Message] {
        var found: [MessageNumber: Message] = [:]
        for number in numbers {
            let message = rooms.lazy.compactMap { $0.log.message(numbered: number) }.first
            if let message { found[number] = message }
        }
        var rest = numbers.filter { found[$0] == nil }
        while keepsMessages, !rest.isEmpty {
            let run = try await store.messages(numbered: rest)
            for message in run.messages { found[message.number] = message }
            guard !run.isComplete, let last = run.messages.last?.number else { break }
            rest = rest.filter { $0 > last }
        }
        return numbers.compactMap { found[$0] }
    }
}
