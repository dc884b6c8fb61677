import MessageBus

// Writes that go along with messages, and questions answered after them.
extension WriteConnection {
    /// Writes or answers a request; returns the function to call once that is committed.
    func write(_ request: StoreRequest, at time: Timestamp) throws(StoreError) -> (() -> Void)? {
        switch request {
        case .progress(let progress, let commit):
            try write(progress, at: time)
            return { commit.fulfill(.success(())) }
        case .deletion(let deletion, let commit):
            try delete(deletion)
            return { commit.fulfill(.success(())) }
        case .advance(let reader, let number, let links, let answer):
            try advance(reader, to: number, at: time)
            for link in links { try insert(link, in: reader.channel, at: time) }
            return { answer.fulfill(.success(())) }
        case .attempt(let text, let number, let reader, let answer):
            try recordAttempt(text, to: number, of: reader.channel, at: time)
            return { answer.fulfill(.success(())) }
        case .dropped(let message): try write(message)
        case .verdict(let verdict): try write(verdict)
        case .checkpoints(let bridge, let answer):
            let found = try checkpoints(of: bridge)
            return { answer.fulfill(.success(found)) }
        case .cursor(let reader, let answer):
            let found = try cursor(of: reader)
            return { answer.fulfill(.success(found)) }
        }
        return nil
    }

    // MARK: - Sources

    private func write(_ progress: BridgeProgress, at time: Timestamp) throws(StoreError) {
        let setting = try statement(
            "INSERT OR REPLACE INTO checkpoints (bridge, source, state) VALUES (?1, ?2, ?3)")
        let forgetting = try statement("DELETE FROM checkpoints WHERE bridge = ?1 AND source = ?2")
        for checkpoint in progress.checkpoints {
            let statement = checkpoint.state.isEmpty ? forgetting : setting
            try statement.bind(1, progress.bridge)
            try statement.bind(2, checkpoint.key)
            if !checkpoint.state.isEmpty { try statement.bind(3, bytes: checkpoint.state) }
            try statement.run()
        }
        if progress.isErasing { try set("scrub", 1) }
        for (channel, link) in progress.links { try insert(link, in: channel, at: time) }
    }

    private func checkpoints(of bridge: String) throws(StoreError) -> [String: [UInt8]] {
        let statement = try self.statement(
            "SELECT source, state FROM checkpoints WHERE bridge = ?1")
        try statement.bind(1, bridge)
        var found: [String: [UInt8]] = [:]
        while try statement.step() {
            found[statement.text(0) ?? ""] = unsafe Array(statement.bytes(1))
        }
        return found
    }

    // MARK: - Durable readers

    private func advance(
        _ reader: DurableReader, to number: MessageNumber, at time: Timestamp
    ) throws(StoreError) {
        // A late acknowledgement must not move the cursor back.
        let statement = try self.statement(
            """
            INSERT INTO cursors (bridge, channel, room, number, used) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (bridge, channel, room) DO UPDATE
            SET number = max(number, excluded.number), used = excluded.used
            """)
        try statement.bind(1, reader.channel.bridge)
        try statement.bind(2, reader.channel.name)
        statement.bind(3, try id(ofRoom: reader.room))
        statement.bind(4, number)
        statement.bind(5, time)
        try statement.run()
    }

    /// Records the use of cursors; missing ones are not created.
    func recordUse(_ readers: Set<DurableReader>, at time: Timestamp) throws(StoreError) {
        let statement = try self.statement(
            """
            UPDATE cursors SET used = ?4 WHERE bridge = ?1 AND channel = ?2
            AND room = (SELECT id FROM rooms WHERE name = ?3)
            """)
        for reader in readers {
            try statement.bind(1, reader.channel.bridge)
            try statement.bind(2, reader.channel.name)
            try statement.bind(3, reader.room)
            statement.bind(4, time)
            try statement.run()
        }
    }

    private func cursor(of reader: DurableReader) throws(StoreError) -> MessageNumber? {
        let statement = try self.statement(
            """
            SELECT number FROM cursors WHERE bridge = ?1 AND channel = ?2
            AND room = (SELECT id FROM rooms WHERE name = ?3)
            """)
        try statement.bind(1, reader.channel.bridge)
        try statement.bind(2, reader.channel.name)
        try statement.bind(3, reader.room)
        defer { statement.reset() }
        return try statement.step() ? statement.number(0) : nil
    }

    private func insert(
        _ link: Link, in channel: DurableReader.Channel, at time: Timestamp
    ) throws(StoreError) {
        let statement = try self.statement(
            """
            INSERT OR IGNORE INTO links (number, bridge, channel, remote, time)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """)
        statement.bind(1, link.number)
        try statement.bind(2, channel.bridge)
        try statement.bind(3, channel.name)
        try statement.bind(4, link.remoteID)
        statement.bind(5, time)
        try statement.run()
    }

    /// Characters of an answer that are kept: as many as a person would read.
    private static var maxAnswerBytes: Int { 1_000 }

    private func recordAttempt(
        _ answer: String, to number: MessageNumber, of channel: DurableReader.Channel,
        at time: Timestamp
    ) throws(StoreError) {
        let statement = try self.statement(
            """
            INSERT INTO attempts (number, bridge, channel, count, first, last, answer)
            VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5) ON CONFLICT (number, bridge, channel) DO UPDATE
            SET count = count + 1, last = excluded.last, answer = excluded.answer
            """)
        statement.bind(1, number)
        try statement.bind(2, channel.bridge)
        try statement.bind(3, channel.name)
        statement.bind(4, time)
        try statement.bind(5, String(answer.prefix(Self.maxAnswerBytes)))
        try statement.run()
    }

    // MARK: - Drops and changes

    private func write(_ message: DroppedMessage) throws(StoreError) {
        let statement = try self.statement(
            """
            INSERT OR IGNORE INTO dropped
                (number, room, kind, time, sender, bridge, bytes, channel, remote)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
        statement.bind(1, message.number)
        statement.bind(2, try id(ofRoom: message.room))
        statement.bind(3, Int64(message.kind.rawValue))
        statement.bind(4, message.time)
        try statement.bind(5, message.sender.name)
        try statement.bind(6, message.sender.bridge)
        statement.bind(7, Int64(message.bytes))
        try statement.bind(8, message.origin?.channel)
        try statement.bind(9, message.origin?.remoteID)
        try statement.run()
    }

    private func write(_ verdict: StepVerdict) throws(StoreError) {
        let statement = try self.statement(
            """
            INSERT INTO verdicts (number, place, step, code, reason)
            SELECT ?1, count(*), ?2, ?3, ?4 FROM verdicts WHERE number = ?1
            """)
        statement.bind(1, verdict.number)
        try statement.bind(2, verdict.step)
        try statement.bind(3, verdict.drop?.code)
        try statement.bind(4, verdict.drop?.reason)
        try statement.run()
    }
}
