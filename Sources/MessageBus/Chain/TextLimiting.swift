/// A middleware that drops texts with too many characters.
package protocol TextLimiting {
    /// The most characters that a text may have, as a person counts them.
    var maxTextLength: Int { get }
}

extension Bus {
    /// Returns the most characters that a text from a bridge may have, as far as a step of the
    /// chains says so for all rooms and senders; `nil` if none does.
    package func maxTextLength(by attachment: BridgeAttachment) -> Int? {
        (attachment.chain.steps + commonChain.steps).compactMap { step in
            let condition = step.condition
            guard condition.rooms == nil, condition.senders == nil,
                condition.kinds.contains(.message),
                condition.bridges?.contains(where: { $0.matches(attachment.name) }) ?? true
            else { return nil }
            return (step.middleware as? any TextLimiting)?.maxTextLength
        }.min()
    }
}
