// Judging messages that nobody gets: for trying a configuration.
extension Bus {
    /// Judges what somebody says by a bridge as if it came in now, and publishes nothing.
    ///
    /// - Parameters:
    ///   - text: the text, as the bridge would hand it over.
    ///   - isPerson: true if the sender is somebody of this bus, with a plain name; false if the
    ///     name is shown as the bridge's `senderFormat` says.
    package func tryOut(
        _ text: String, from name: String, isPerson: Bool, in room: String,
        by attachment: BridgeAttachment
    ) -> TrialOutcome {
        var draft = Draft(text, from: name)
        draft.room = room
        let sender = isPerson ? person(name, on: attachment) : sender(of: draft, by: attachment)
        let batch = self.batch(room: room, capacity: 1, bytes: draft.text.utf8.count)
        draft.text.withUTF8 {
            append(UnsafeRawBufferPointer($0), MessageHeader(), nil, by: sender, to: batch)
        }
        if attachment.direction == .out {
            batch.drop(0, Drop(code: "forbidden", reason: "direction is \"out\""))
        } else if let drop = reasonToRefuse(batch.arena[0], in: batch) {
            batch.drop(0, drop)
        }
        batch.pass.isTraced = true
        judge(batch, by: attachment)
        return TrialOutcome(batch)
    }

    /// Judges a message that was published before, as it stands, and publishes nothing.
    ///
    /// - Parameter attachment: the bridge by which it came; `nil` if there is no such bridge.
    package func tryAgain(_ message: Message, by attachment: BridgeAttachment?) -> TrialOutcome {
        let batch = Batch(MessageArena([message], in: message.room))
        batch.keepsLeaves = true
        batch.pass.isTraced = true
        attachment?.chain.judge(batch)
        commonChain.judge(batch)
        return TrialOutcome(batch)
    }

    /// Returns the sender for somebody who is connected by a bridge.
    private func person(_ name: String, on attachment: BridgeAttachment) -> Sender {
        let shown = settings.namePolicy.clean(name)
        let key = settings.namePolicy.fold(shown)
        var hasher = Hasher()
        hasher.combine(key)
        // The highest bit, as for everybody who is on no connection.
        let identity = UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
        return Sender(name: shown, key: key, bridge: attachment.name, identity: identity)
    }
}
