extension Bus {
    /// Begins to stop: no bridge should bring in more, and `waitForStop()` returns.
    ///
    /// The logs end when every intake is closed.
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

    /// Ends the logs although an intake is still open, when waiting longer is of no use.
    package func end() {
        guard !isEnding else { return }
        stopIntake()
        isEnding = true
        throttledLog.writeRemainingCounts()
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
    /// has closed its intakes.
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
    /// finish when its intakes are closed.
    package func stop(_ attachment: BridgeAttachment, as ending: BridgeEnding) {
        guard attachment.ending == nil, !isStopping else { return }
        attachment.ending = ending
        attachment.stopSignal.send()
        if attachment.openIntakes == 0 { end(attachment) }
    }

    /// Ends the readers of a bridge that ends alone, although an intake may still be open.
    package func end(_ attachment: BridgeAttachment) {
        guard let ending = attachment.ending, !attachment.isEnding else { return }
        attachment.isEnding = true
        attachment.lastOwed = ending == .removed ? lastEnqueued : 0
        for cursor in attachment.cursors { cursor.end(afterRest: ending == .removed) }
        storeHasMoved()
        callEndHandlers(of: attachment)
    }

    func openIntake(_ attachment: BridgeAttachment) { attachment.openIntakes += 1 }

    func closeIntake(_ attachment: BridgeAttachment) {
        guard attachment.openIntakes > 0 else { return }
        attachment.openIntakes -= 1
        if attachment.openIntakes == 0, attachment.ending != nil { end(attachment) }
        endIfComplete()
    }

    private func endIfComplete() {
        if isStopping, bridges.allSatisfy({ $0.openIntakes == 0 }) { end() }
    }

    /// Returns when the bus begins to stop, or the task is cancelled.
    package nonisolated(nonsending) func waitForStop() async { await stopSignal.wait(since: 0) }
}
