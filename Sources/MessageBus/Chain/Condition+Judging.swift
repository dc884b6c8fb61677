extension Condition {
    /// True if every message that people say meets the condition.
    package var isPlain: Bool {
        rooms == nil && bridges == nil && senders == nil && kinds == [.message]
    }

    /// Returns the same condition with folded names: a name means the same however it is spelled.
    func folded(by fold: (String) -> String) -> Condition {
        var condition = self
        condition.senders = senders?.map { $0.folded(by: fold) }
        return condition
    }

    /// Marks the messages that the step is not to judge, and returns whether any other is left.
    ///
    /// The condition's senders must be folded.
    package func select(in batch: Batch) -> Bool {
        guard Self.matches(rooms, batch.room) else { return false }
        var anything = false
        var known: (sender: UInt16, isMeant: Bool)?
        for index in 0..<batch.count where !batch.arena[index].flags.contains(.dropped) {
            let header = batch.arena[index]
            if known?.sender != header.sender {
                let sender = batch.arena.senders[Int(header.sender)]
                let isMeant =
                    Self.matches(bridges, sender.bridge) && Self.matches(senders, sender.key)
                known = (header.sender, isMeant)
            }
            if known?.isMeant == true, includes(header.kind) {
                anything = true
            } else {
                batch.passOver(index)
            }
        }
        return anything
    }

    /// Returns whether messages of a kind are judged: messages include edits, because otherwise an
    /// edit could say what a message must not.
    private func includes(_ kind: Message.Kind) -> Bool {
        guard let own = Kind(kind) else { return false }
        return kinds.contains(own) || kind == .edit && kinds.contains(.message)
    }

    private static func matches(_ globs: [Glob]?, _ name: String) -> Bool {
        globs?.contains { $0.matches(name) } ?? true
    }
}

extension Condition.Kind {
    /// Makes a condition's kind from a message's kind; `nil` for a deletion, which no step judges.
    init?(_ kind: Message.Kind) {
        switch kind {
        case .message: self = .message
        case .join: self = .join
        case .rename: self = .rename
        case .leave: self = .leave
        case .edit: self = .edit
        case .deletion: return nil
        }
    }
}
