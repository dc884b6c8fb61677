extension Bus {
    /// Begins to stop: no bridge should bring in more, and `waitForStop()` returns.
    ///
    /// The logs end when every source is closed.
    package func stop() {
        guard !isStopping else { return }
        stopIntake()
        endIfComplete()
    }

    private func stopIntake() {
        guard !isStopping else { return }
        isStopping = true
        conditions.recordStop()
        stopSignal.send()
        for attachment in bridges { attachment.stopSignal.send() }
    }

    /// Ends the logs although a source is still open, when waiting longer is of no use.
    package func end() {
        guard !isEnding else { return }
        stopIntake()
        isEnding = true
        throttledLog.tellRest()
        endTurn()
        for room in allRooms { room.end() }
        storeHasMoved()
        for attachment in bridges { callEndHandlers(of: attachment) }
    }

    private func callEndHandlers(of attachment: BridgeAttachment) {
        attachment.privateMessages?.close()
        attachment.idle.send()
        let handlers = attachment.endHandlers
        attachment.endHandlers = []
        for handler in handlers { handler() }
    }

    /// Calls a function on the loop when the logs are complete, or the bridge is to end alone and
    /// has closed its sources.
    package func whenEnding(
        of attachment: BridgeAttachment, _ handler: sending @escaping () -> Void
    ) {
        if isEnding || attachment.isEnding {
            handler()
        } else {
            attachment.endHandlers.append(handler)
        }
    }

    // MARK: - One bridge

    /// Ends one bridge while the bus goes on: `Port.stopping()` returns for it, and its readers
    /// finish when its sources are closed.
    package func stop(_ attachment: BridgeAttachment, as ending: BridgeEnding) {
        guard attachment.ending == nil, !isStopping else { return }
        attachment.ending = ending
        attachment.stopSignal.send()
        if attachment.openSources == 0 { end(attachment) }
    }

    /// Ends the readers of a bridge that ends alone, although a source may still be open.
    package func end(_ attachment: BridgeAttachment) {
        guard let ending = attachment.ending, !attachment.isEnding else { return }
        attachment.isEnding = true
        attachment.lastOwed = ending == .removed ? lastEnqueued : 0
        for cursor in attachment.cursors { cursor.end(afterRest: ending == .removed) }
        storeHasMoved()
        callEndHandlers(of: attachment)
    }

    func openSource(_ attachment: BridgeAttachment) { attachment.openSources += 1 }

    func closeSource(_ attachment: BridgeAttachment) {
        guard attachment.openSources > 0 else { return }
        attachment.openSources -= 1
        if attachment.openSources == 0, attachment.ending != nil { end(attachment) }
        endIfComplete()
    }

    private func endIfComplete() {
        if isStopping, bridges.allSatisfy({ $0.openSources == 0 }) { end() }
    }

    /// Returns when the bus begins to stop, or the task is cancelled.
    package nonisolated(nonsending) func waitForStop() async { await stopSignal.wait(since: 0) }
}
