extension Condition {
    /// Whether all that people say meets it.
    package var isPlain: Bool {
        rooms == nil && bridges == nil && senders == nil && kinds == [.message]
    }

    /// The same condition for names that are folded: a name means the same however it is spelled.
    func folded(by fold: (String) -> String) -> Condition {
        var condition = self
        condition.senders = senders?.map { $0.folded(by: fold) }
        return condition
    }

    /// Marks what the step is not to judge, and says whether anything is left.
    ///
    /// Its senders have been folded.
    package func select(in batch: Batch) -> Bool {
        guard Self.matches(rooms, batch.room) else { return false }
        var anything = false
        var known: (sender: UInt16, isMeant: Bool)?
        for index in 0..<batch.count where !batch.arena.all[index].flags.contains(.dropped) {
            let header = batch.arena.all[index]
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

    /// Whether messages of a kind are judged: what people say includes what they correct, or a
    /// correction would say what nobody may say.
    private func includes(_ kind: Message.Kind) -> Bool {
        guard let own = Kind(kind) else { return false }
        return kinds.contains(own) || kind == .edit && kinds.contains(.message)
    }

    private static func matches(_ globs: [Glob]?, _ name: String) -> Bool {
        globs?.contains { $0.matches(name) } ?? true
    }
}

extension Condition.Kind {
    /// What a condition calls this kind of message; `nil` for a deletion, which nobody judges.
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
