import MessageBus

/// The result of looking up the NAME at the beginning of a command's arguments: those of `/msg`, of
/// `/reply` and of the moderators' commands, on every bridge.
///
/// Made on the bus's loop; valid as long as the arguments are.
@safe package enum Addressee {
    /// Somebody who has or had this folded name, and the text after it.
    case name(String, text: UnsafeRawBufferPointer)
    /// Nobody known.
    case unknown
    /// More than one person: a longer name may be meant, or several people match.
    case unclear
    /// Nothing: the name or the text after it is missing.
    case missing

    /// Looks up the name at the beginning of a command's arguments.
    ///
    /// Without quotes it is a name of one word; if a longer name of somebody begins the same, the
    /// result is unclear, so that no text goes to the wrong person.
    ///
    /// - Parameter log: the room whose earlier speakers also count. With `nil`, the owners of
    ///   accounts count instead, even if they are away.
    /// - Parameter needsText: true if something must follow the name.
    @safe package init(
        _ arguments: UnsafeRawBufferPointer, speakersOf log: MessageLog? = nil,
        needsText: Bool = true, _ bus: isolated Bus
    ) {
        guard let argument = NameArgument(arguments) else {
            self = .missing
            return
        }
        guard let word = argument.key else {
            self = unsafe argument.rest.count == 0 ? .missing : .unknown
            return
        }
        self = Search(log, needsText, bus).find(word, argument, bus)
    }

    /// The names to look up: those the bus knows, and the speakers of a room.
    private struct Search {
        let log: MessageLog?
        let needsText: Bool
        let names: [NameIndex]

        init(_ log: MessageLog?, _ needsText: Bool, _ bus: isolated Bus) {
            self.log = log
            self.needsText = needsText
            names = [bus.knownNameIndex] + (log.map { [$0.speakerNames] } ?? [])
        }

        func find(_ word: String, _ argument: NameArgument, _ bus: isolated Bus) -> Addressee {
            if argument.isAmbiguous { return isKnown(word, bus) ? .unclear : .unknown }
            var (key, text) = unsafe (word, argument.rest)
            if let parentheses = unsafe argument.parentheses {
                if let full = argument.key(with: parentheses), isKnown(full, bus) {
                    unsafe (key, text) = (full, argument.restBehindParentheses)
                } else if let bridge = NameFolding.boundedKey(parentheses),
                    bus.isShownInParentheses(bridge)
                {
                    guard isKnown(word, on: bridge, bus) else { return .unknown }
                    unsafe text = argument.restBehindParentheses
                } else if !argument.isQuoted, !argument.isRemark {
                    return isKnown(word, bus) ? .unclear : .unknown
                }
            }
            if text.count == 0, needsText { return .missing }
            if !argument.isQuoted, names.contains(where: { $0.hasLonger(than: word) }) {
                let beginning = argument.beginning
                if names.contains(where: { $0.hasLonger(than: key, atBeginningOf: beginning) }) {
                    return .unclear
                }
            }
            if isKnown(key, bus) { return unsafe .name(key, text: text) }
            let shown = names.reduce(into: Set<String>()) {
                $0.formUnion($1.names(withoutParentheses: key))
            }
            guard let only = shown.first else { return .unknown }
            return unsafe shown.count == 1 ? .name(only, text: text) : .unclear
        }

        private func isKnown(_ key: String, _ bus: isolated Bus) -> Bool {
            if bus.isKnown(key) { return true }
            guard let log else { return bus.accounts.account(named: key) != nil }
            return log.last(saidBy: key) != nil
        }

        /// Returns whether somebody with a plain name is on a bridge, as `/who` shows it.
        private func isKnown(_ key: String, on bridge: String, _ bus: isolated Bus) -> Bool {
            if let person = bus.person(key) {
                return person.isOnBridge { NameFolding.key($0) == bridge }
            }
            return log?.last(saidBy: key).map { NameFolding.key($0.sender.bridge) == bridge }
                ?? false
        }
    }
}
