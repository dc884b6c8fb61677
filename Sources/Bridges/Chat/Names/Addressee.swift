import MessageBus

/// Whom NAME in a command means.
package enum Addressee {
    /// This folded name, which somebody has or had; and what follows it.
    case name(String, text: UnsafeRawBufferPointer)
    /// Nobody that is known.
    case unknown
    /// It can't be told: a longer name may be meant, or there are several.
    case unclear
    /// The name or the text behind it is missing.
    case missing

    /// Finds out whom the beginning of a command's arguments means.
    ///
    /// What stands without quotes is a name of one word: where somebody's longer name begins the
    /// same, nothing may be done, or a text goes to the wrong person.
    ///
    /// - Parameter log: the room whose speakers may be meant too, for an answer.
    package init(
        _ arguments: UnsafeRawBufferPointer, speakersOf log: MessageLog? = nil, _ bus: isolated Bus
    ) {
        guard let argument = NameArgument(arguments) else {
            self = .missing
            return
        }
        guard let word = argument.key else {
            self = argument.rest.isEmpty ? .missing : .unknown
            return
        }
        self = Search(log, bus).find(word, argument, bus)
    }

    /// The tables that are looked into.
    private struct Search {
        let log: MessageLog?
        let names: [NameIndex]

        init(_ log: MessageLog?, _ bus: isolated Bus) {
            self.log = log
            names = [bus.knownNames] + (log.map { [$0.speakerNames] } ?? [])
        }

        func find(_ word: String, _ argument: NameArgument, _ bus: isolated Bus) -> Addressee {
            if argument.isAmbiguous { return isKnown(word, bus) ? .unclear : .unknown }
            var (key, text) = (word, argument.rest)
            if let parentheses = argument.parentheses {
                if let full = argument.key(with: parentheses), isKnown(full, bus) {
                    (key, text) = (full, argument.restBehindParentheses)
                } else if let bridge = NameFolding.boundedKey(parentheses), bus.isBridge(bridge) {
                    guard isKnown(word, on: bridge, bus) else { return .unknown }
                    text = argument.restBehindParentheses
                } else if !argument.isQuoted, !argument.isRemark {
                    return isKnown(word, bus) ? .unclear : .unknown
                }
            }
            if text.isEmpty { return .missing }
            if !argument.isQuoted, names.contains(where: { $0.hasLonger(than: word) }) {
                let beginning = argument.beginning
                if names.contains(where: { $0.hasLonger(than: key, atBeginningOf: beginning) }) {
                    return .unclear
                }
            }
            if isKnown(key, bus) { return .name(key, text: text) }
            let shown = names.reduce(into: Set<String>()) {
                $0.formUnion($1.names(withoutParentheses: key))
            }
            guard let only = shown.first else { return .unknown }
            return shown.count == 1 ? .name(only, text: text) : .unclear
        }

        private func isKnown(_ key: String, _ bus: isolated Bus) -> Bool {
            bus.isKnown(key) || log?.last(saidBy: key) != nil
        }

        /// Whether somebody who has a plain name is on a bridge, as `/who` shows it.
        private func isKnown(_ key: String, on bridge: String, _ bus: isolated Bus) -> Bool {
            let sender = bus.person(key)?.sender ?? log?.last(saidBy: key)?.sender
            return sender.map { NameFolding.key($0.bridge) == bridge } ?? false
        }
    }
}
