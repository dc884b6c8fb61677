/// The people who have spoken in a room, by folded names, with the position of their last message.
///
/// Confined to the bus's loop.
struct RecentSpeakers {
    /// The fewest names to remember before those whose messages are gone are forgotten.
    private static let fewest = 1_024

    private var positions: [String: LogPosition] = [:]
    /// The names, found by what they begin with.
    private(set) var names = NameIndex()
    /// The position of the room's log up to which all speakers are recorded.
    private(set) var end: LogPosition = 0
    private var bound = Self.fewest

    /// Number of names remembered.
    var count: Int { positions.count }

    /// Returns the position of somebody's last message, said under the name or before taking it.
    func position(of key: String) -> LogPosition? { positions[key] }

    /// Records the speakers of a stretch of the log.
    ///
    /// - Parameter start: the position of the first message.
    mutating func record(_ arena: MessageArena, _ range: Range<Int>, from start: LogPosition) {
        var last: (sender: UInt16, position: LogPosition)?
        var position = start
        for index in range {
            let header = arena[index]
            if header.isSaid {
                // Most often one person says many things in a row, which costs one look.
                if let last, last.sender != header.sender { set(last, arena) }
                last = (header.sender, position)
            } else if header.kind == .rename, let new = arena.details(of: header)?.other {
                if let last { set(last, arena) }
                last = nil
                rename(arena.sender(of: header).key, to: new.key)
            }
            position += 1
        }
        if let last { set(last, arena) }
        end = position
    }

    private mutating func set(
        _ last: (sender: UInt16, position: LogPosition), _ arena: MessageArena
    ) {
        set(arena.senders[Int(last.sender)].key, to: last.position)
    }

    private mutating func set(_ key: String, to position: LogPosition) {
        if positions.updateValue(position, forKey: key) == nil { names.insert(key) }
    }

    /// Moves somebody's last position to a new name, so that the message can be answered by that
    /// name too.
    private mutating func rename(_ old: String, to new: String) {
        guard old != new, let position = positions[old] else { return }
        set(new, to: max(position, positions[new] ?? 0))
    }

    /// Forgets people who have said nothing from a position on, if there are many names.
    mutating func forget(before position: LogPosition) {
        guard positions.count > bound else { return }
        removeAll(before: position)
        bound = max(Self.fewest, 2 * positions.count)
    }

    /// Forgets everybody who has said nothing from a position on.
    mutating func removeAll(before position: LogPosition) {
        for (key, last) in positions where last < position {
            positions[key] = nil
            names.remove(key)
        }
    }
}
