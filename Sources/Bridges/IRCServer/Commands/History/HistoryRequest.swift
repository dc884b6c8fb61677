import MessageBus

/// A question for earlier messages (`CHATHISTORY`).
struct HistoryRequest: Sendable {
    /// A reference to a message.
    enum Reference: Sendable, Equatable {
        /// By its number, `msgid=`.
        case number(MessageNumber)
        /// By a time, `timestamp=`.
        case time(Timestamp)

        /// Reads a reference; `nil` if it is not one.
        init?(_ text: String) {
            if text.hasPrefix("msgid="), let number = MessageNumber(text.dropFirst(6)) {
                self = .number(number)
            } else if text.hasPrefix("timestamp="),
                let time = ServerTime.read(String(text.dropFirst(10)))
            {
                self = .time(time)
            } else {
                return nil
            }
        }
    }

    /// The messages that are wanted.
    enum Range: Sendable, Equatable {
        /// The last messages, behind a reference if there is one.
        case latest(after: Reference?)
        case before(Reference)
        case after(Reference)
        case around(Reference)
        /// The messages between two references: the first ones if the first reference is the
        /// earlier one, otherwise the last ones.
        case between(Reference, Reference)
    }

    let range: Range
    let count: Int

    /// Reads the parameters of a question for the messages of one target; `nil` if they are
    /// invalid.
    init?(_ command: String, _ parameters: [String], atMost most: Int) {
        guard let last = parameters.last, let wanted = Int(last), wanted > 0 else { return nil }
        count = min(wanted, most)
        let references = parameters.dropLast().map { Reference($0) }
        let first = references.first ?? nil
        switch (command, references.count) {
        case ("LATEST", 1) where parameters[0] == "*": range = .latest(after: nil)
        case ("LATEST", 1):
            guard let first else { return nil }
            range = .latest(after: first)
        case ("BEFORE", 1):
            guard let first else { return nil }
            range = .before(first)
        case ("AFTER", 1):
            guard let first else { return nil }
            range = .after(first)
        case ("AROUND", 1):
            guard let first else { return nil }
            range = .around(first)
        case ("BETWEEN", 2):
            guard let first, let second = references[1] else { return nil }
            range = .between(first, second)
        default: return nil
        }
    }

    // MARK: - A room

    /// Returns the messages of a room that are wanted, the oldest first.
    func messages(in room: Room, _ bus: isolated Bus) async throws -> [Message] {
        switch range {
        case .latest(let reference):
            var after: MessageNumber = 0
            if let reference { after = try await end(of: reference, in: room, bus) }
            return try await last(in: room, before: .max, bus).filter { $0.number > after }
        case .before(let reference):
            return try await last(in: room, before: start(of: reference, in: room, bus), bus)
        case .after(let reference):
            return try await first(in: room, after: end(of: reference, in: room, bus), bus)
        case .around(let reference):
            var center = try await end(of: reference, in: room, bus)
            if case .number(let number) = reference { center = number }
            let before = try await bus.lastTexts(
                in: room, before: center, atMost: (count - 1) / 2)
            let rest = try await first(
                in: room, after: max(center, 1) - 1, atMost: count - before.count, bus)
            if !before.isEmpty || !rest.isEmpty { return before + rest }
            // All that was said since is deleted.
            return try await last(in: room, before: center, bus)
        case .between(let one, let other):
            let (from, to) = (
                try await end(of: one, in: room, bus), try await end(of: other, in: room, bus)
            )
            if from <= to {
                let before = try await start(of: other, in: room, bus)
                return try await first(in: room, after: from, bus).filter { $0.number < before }
            }
            let before = try await start(of: one, in: room, bus)
            return try await last(in: room, before: before, bus).filter { $0.number > to }
        }
    }

    /// Returns the number below which all messages come before a reference.
    private func start(
        of reference: Reference, in room: Room, _ bus: isolated Bus
    ) async throws -> MessageNumber {
        switch reference {
        case .number(let number): number
        case .time(let time):
            try await MessageTimes(room).lastNumber(until: time - .milliseconds(1), bus) + 1
        }
    }

    /// Returns the number above which all messages come after a reference.
    private func end(
        of reference: Reference, in room: Room, _ bus: isolated Bus
    ) async throws -> MessageNumber {
        switch reference {
        case .number(let number): number
        case .time(let time): try await MessageTimes(room).lastNumber(until: time, bus)
        }
    }

    private func last(
        in room: Room, before number: MessageNumber, _ bus: isolated Bus
    ) async throws -> [Message] {
        try await bus.lastTexts(in: room, before: number, atMost: count)
    }

    /// Events of a room that are looked at for the first texts behind a number.
    private static let step = 256
    /// The most steps: a client asks again for a room where nobody has said anything for so long.
    private static let maxSteps = 40

    private func first(
        in room: Room, after number: MessageNumber, atMost wanted: Int? = nil, _ bus: isolated Bus
    ) async throws -> [Message] {
        let wanted = wanted ?? count
        var (found, position): (Int, MessageNumber) = (0, number)
        var end = number
        for _ in 0..<Self.maxSteps where found < wanted {
            let events = try await bus.events(in: room, after: position, atMost: Self.step)
            for message in events.messages
            where message.kind == .message && !message.header.isDeleted && found < wanted {
                found += 1
                end = message.number
            }
            position = events.through
            if events.isComplete { break }
        }
        if found == 0 { return [] }
        // Corrected texts come with their new wording.
        return try await bus.lastTexts(in: room, before: end + 1, atMost: found)
    }

    // MARK: - A conversation

    /// Returns the wanted messages out of some, which must be the oldest first.
    func messages(of all: [Message]) -> [Message] {
        switch range {
        case .latest(nil): return all.suffix(count)
        case .latest(let reference?): return all.filter { isAfter($0, reference) }.suffix(count)
        case .before(let reference): return all.filter { isBefore($0, reference) }.suffix(count)
        case .after(let reference):
            return Array(all.filter { isAfter($0, reference) }.prefix(count))
        case .around(let reference):
            let before = all.filter { isBefore($0, reference) }.suffix((count - 1) / 2)
            let rest = all.filter { !isBefore($0, reference) }.prefix(count - before.count)
            return Array(before) + Array(rest)
        case .between(let one, let other):
            let forward = all.filter { isAfter($0, one) && isBefore($0, other) }
            if !forward.isEmpty { return Array(forward.prefix(count)) }
            return Array(all.filter { isAfter($0, other) && isBefore($0, one) }.suffix(count))
        }
    }

    private func isBefore(_ message: Message, _ reference: Reference) -> Bool {
        switch reference {
        case .number(let number): message.number < number
        case .time(let time): message.time < time
        }
    }

    private func isAfter(_ message: Message, _ reference: Reference) -> Bool {
        switch reference {
        case .number(let number): message.number > number
        case .time(let time): message.time > time
        }
    }
}
