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
        stopSignal.send()
    }

    /// Ends the logs although a source is still open, when waiting longer is of no use.
    package func end() {
        guard !isEnding else { return }
        stopIntake()
        isEnding = true
        throttledLog.tellRest()
        endTurn()
        for room in rooms { room.end() }
        storeHasMoved()
        for attachment in bridges {
            attachment.privateMessages?.signal.send()
            attachment.idle.send()
        }
        let handlers = endHandlers
        endHandlers = []
        for handler in handlers { handler() }
    }

    /// Calls a function on the loop when the logs are complete.
    package func whenEnding(_ handler: sending @escaping () -> Void) {
        if isEnding { handler() } else { endHandlers.append(handler) }
    }

    func openSource(_ attachment: BridgeAttachment) { attachment.openSources += 1 }

    func closeSource(_ attachment: BridgeAttachment) {
        guard attachment.openSources > 0 else { return }
        attachment.openSources -= 1
        endIfComplete()
    }

    private func endIfComplete() {
        if isStopping, bridges.allSatisfy({ $0.openSources == 0 }) { end() }
    }

    /// Returns when the bus begins to stop, or the task is cancelled.
    package nonisolated(nonsending) func waitForStop() async { await stopSignal.wait(since: 0) }
}
