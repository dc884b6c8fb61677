/// The kinds of messages that an entry of a chain judges, as bridge.json has them.
package struct JudgedKinds: Sendable {
    /// The kinds, and the location of each.
    let kinds: [(kind: Condition.Kind, location: ConfigLocation)]
    /// True if messages that a bridge is given are judged, rather than those that come in.
    let isOutgoing: Bool

    /// Makes the kinds of an entry.
    package init(_ kinds: [Condition.Kind], at location: OptionLocation, isOutgoing: Bool) {
        self.kinds = kinds.enumerated().map { ($1, location[$0]) }
        self.isOutgoing = isOutgoing
    }
}

extension OptionCheck {
    /// Warns of kinds without a text, for a middleware that judges texts only.
    public mutating func warnAboutTextlessKinds() {
        for (kind, location) in problems.judged?.kinds ?? [] where kind.isNotice {
            warning("a \(kind.rawValue) has no text: nothing is done about it", at: location)
        }
    }

    /// Warns of leaves, for a middleware that can only drop messages: nobody is kept from leaving.
    ///
    /// Messages that go out by a bridge may be dropped, leaves too.
    ///
    /// - Parameter unlessOthers: true if a leave still makes a difference to messages of other
    ///   kinds, as where they are counted together.
    public mutating func warnAboutLeaves(unlessOthers: Bool = false) {
        guard let judged = problems.judged, !judged.isOutgoing,
            !unlessOthers || judged.kinds.allSatisfy({ $0.kind == .leave })
        else { return }
        for (kind, location) in judged.kinds where kind == .leave {
            warning("nobody can be kept from leaving: nothing is done about it", at: location)
        }
    }
}
