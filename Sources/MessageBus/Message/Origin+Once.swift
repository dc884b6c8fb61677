// Messages that other programs send again until they get an answer.
extension Origin {
    /// Makes the origin of something that its sender may send again by the same id.
    ///
    /// A draft with this origin that is `isLinked` and published with checkpoints, even an empty
    /// list of them, is stored in one transaction with its id: `Port.number(once:)` finds it for a
    /// day at least, even where messages are kept for a shorter time. The id is shown to nobody.
    public init(once id: String) {
        self.init(session: [UInt8](repeating: 0, count: 32), id: id)
    }
}

extension Port {
    /// Returns the number of the newest message that this bridge has published with `Origin(once:)`
    /// and this id; `nil` if there is none, or the chains have dropped it.
    public func number(once id: String) async throws -> MessageNumber? {
        let origin = Origin(once: id)
        return try await numbers(of: id, in: origin.channel).last
    }
}
