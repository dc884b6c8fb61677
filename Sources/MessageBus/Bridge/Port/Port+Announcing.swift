extension Port {
    /// Announces something about the bridge to a room, in the name of the bus: `servidor: TEXT`,
    /// or `server: TEXT` in English.
    ///
    /// For facts that people in the room should know, such as that the other side has not answered
    /// for a while. A bridge whose direction is `out` may announce, too. The chains judge an
    /// announcement as they judge any message. It counts as automatic, like what programs say.
    ///
    /// - Parameters:
    ///   - sentence: the text.
    ///   - room: the room; `nil`: the bridge's own.
    /// - Returns: the announcement's number, and the verdict of the chains.
    /// - Throws: `PortError` if the bus has stopped or the room does not exist; `CancellationError`.
    @discardableResult
    public func announce(_ sentence: String, in room: String? = nil) async throws -> Receipt {
        var draft = Draft(sentence, from: language.busName)
        draft.isFromBus = true
        draft.isAutomatic = true
        draft.room = room
        return try await publish(draft)
    }
}
