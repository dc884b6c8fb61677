import MessageBus

/// The fate of a message, as `puente why` shows it.
package struct MessageReport: Sendable {
    /// A step of the chain that changed or dropped the message.
    package struct Step: Sendable, Equatable {
        /// Label of the step: `middleware[1] filter`.
        package let name: String
        /// The reason of the drop; `nil` if the step changed the text.
        package let drop: Drop?
    }

    /// The state of the message for one durable reader of its room.
    package struct Delivery: Sendable, Equatable {
        /// The bridge, and the chat within it.
        package let channel: DurableReader.Channel
        /// True if the reader has finished with the message; false if it still waits.
        package let isDone: Bool
        /// Ids of the delivered message on the other side; more than one if it was split.
        package let remoteIDs: [String]
        /// Time of the delivery; `nil` if there was none.
        package let delivered: Timestamp?
        /// The failed attempts; `nil` if there were none.
        package let attempts: Attempts?
    }

    /// Attempts to deliver that failed.
    package struct Attempts: Sendable, Equatable {
        package let count: Int
        package let first: Timestamp
        package let last: Timestamp
        /// The answer to the last attempt.
        package let answer: String
    }

    /// The record of a dropped message; its text is not kept.
    package struct Dropped: Sendable, Equatable {
        package let time: Timestamp
        package let kind: Message.Kind
        package let room: String
        package let sender: String
        package let bridge: String
        /// Bytes of its text.
        package let count: Int
        package let origin: Origin?
    }

    /// The number of the message.
    package let number: MessageNumber
    /// The message, unless it was dropped or is gone.
    package let message: Message?
    /// The record of the message if it was dropped.
    package let dropped: Dropped?
    /// Steps of the chain that changed or dropped it, in order.
    package let steps: [Step]
    /// Its state for each durable reader of the room.
    package let deliveries: [Delivery]

    init?(_ number: MessageNumber, in stored: StoredMessages) throws(StoreError) {
        self.number = number
        message = try stored.message(numbered: number)
        dropped = try Self.dropped(number, in: stored)
        guard message != nil || dropped != nil else { return nil }
        steps = try Self.steps(number, in: stored)
        deliveries = dropped == nil ? try Self.deliveries(of: number, in: stored) : []
    }

    private static func dropped(
        _ number: MessageNumber, in stored: StoredMessages
    ) throws(StoreError) -> Dropped? {
        let row = try stored.statement(
            """
            SELECT time, kind, rooms.name, sender, bridge, bytes, channel, remote
            FROM dropped JOIN rooms ON rooms.id = dropped.room WHERE number = ?1
            """)
        defer { row.reset() }
        row.bind(1, number)
        guard try row.step() else { return nil }
        let hasOrigin = !row.isNull(6) || !row.isNull(7)
        return Dropped(
            time: row.time(0),
            kind: Message.Kind(rawValue: UInt8(clamping: row.integer(1))) ?? .message,
            room: row.text(2) ?? "", sender: row.text(3) ?? "", bridge: row.text(4) ?? "",
            count: Int(row.integer(5)),
            origin: hasOrigin ? Origin(channel: row.text(6), remoteID: row.text(7)) : nil)
    }

    private static func steps(
        _ number: MessageNumber, in stored: StoredMessages
    ) throws(StoreError) -> [Step] {
        let row = try stored.statement(
            "SELECT step, code, reason FROM verdicts WHERE number = ?1 ORDER BY place")
        defer { row.reset() }
        row.bind(1, number)
        var steps: [Step] = []
        while try row.step() {
            let drop = row.text(1).map { Drop(code: $0, reason: row.text(2) ?? "") }
            steps.append(Step(name: row.text(0) ?? "", drop: drop))
        }
        return steps
    }

    /// Reads the state of the message for each durable reader of its room.
    private static func deliveries(
        of number: MessageNumber, in stored: StoredMessages
    ) throws(StoreError) -> [Delivery] {
        let row = try stored.statement(
            """
            SELECT cursors.bridge, cursors.channel, cursors.number >= ?1,
                attempts.count, attempts.first, attempts.last, attempts.answer
            FROM messages JOIN cursors ON cursors.room = messages.room
                LEFT JOIN attempts ON attempts.number = ?1
                    AND attempts.bridge = cursors.bridge AND attempts.channel = cursors.channel
            WHERE messages.number = ?1 ORDER BY cursors.bridge, cursors.channel
            """)
        defer { row.reset() }
        row.bind(1, number)
        var deliveries: [Delivery] = []
        while try row.step() {
            let channel = DurableReader.Channel(bridge: row.text(0) ?? "", name: row.text(1))
            let (names, time) = try links(of: number, in: channel, stored)
            deliveries.append(
                Delivery(
                    channel: channel, isDone: row.integer(2) != 0, remoteIDs: names,
                    delivered: time,
                    attempts: row.isNull(3)
                        ? nil
                        : Attempts(
                            count: Int(row.integer(3)), first: row.time(4), last: row.time(5),
                            answer: row.text(6) ?? "")))
        }
        return deliveries
    }

    private static func links(
        of number: MessageNumber, in channel: DurableReader.Channel, _ stored: StoredMessages
    ) throws(StoreError) -> ([String], Timestamp?) {
        let row = try stored.statement(
            """
            SELECT remote, time FROM links WHERE number = ?1 AND bridge = ?2 AND channel = ?3
            ORDER BY rowid
            """)
        defer { row.reset() }
        row.bind(1, number)
        try row.bind(2, channel.bridge)
        try row.bind(3, channel.name)
        var names: [String] = []
        var time: Timestamp?
        while try row.step() {
            names.append(row.text(0) ?? "")
            time = row.time(1)
        }
        return (names, time)
    }
}
