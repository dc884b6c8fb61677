extension MessageLog {
    /// Calls a function with each text from a position on that a reader should get: one that others
    /// have said and nobody has deleted.
    ///
    /// - Parameters:
    ///   - bridge: the bridge that reads.
    ///   - channel: the remote chat that reads; `nil` for all of the bridge's.
    func forEachText(
        from position: LogPosition, for bridge: String, channel: String?,
        _ body: (MessageHeader) -> Void
    ) {
        _ = forEachRun(from: position) { arena, range in
            let isOwn = arena.senders.map { $0.bridge == bridge }
            for header in arena.all[range] where header.isSaid && !header.isDeleted {
                if isOwn[Int(header.sender)],
                    channel == nil || arena.details(of: header)?.channel == channel
                {
                    continue
                }
                body(header)
            }
        }
    }
}
