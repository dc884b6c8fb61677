import Chat
import MessageBus
import Sockets

// Reading from the client: within its share of the loop's time, not faster than it reads answers,
// and to the end when the connection breaks or the server stops.
extension ChatConnection {
    /// True if the client's input is read at present.
    var isRead: Bool {
        switch stage {
        case .accepting:
            !isPausedForStore && !server.isStopping && !isBacklogFull && !isBackedUp
                && !input.hasDeferred
        case .lost: false
        case .leaving: !isBacklogFull
        case .waiting, .closed: false
        }
    }

    /// Reads on an event of the loop, unless the store or unread answers forbid it.
    func readIfAllowed(_ ready: Readiness, _ bus: isolated Bus) {
        let isBroken = ready.contains(.failed)
        if isPausedForStore {
            if isBroken { closeAfterReading(bus) }
        } else if bus.isLagging {
            pauseForStore()
        } else if !isBacklogFull, !isBackedUp {
            server.scheduler.serve(self, bus)
        } else if isBroken {
            closeAfterReading(bus)
        } else {
            updateInterest()
        }
    }

    /// Goes on with the deferred lines, or reads once more.
    func continueReading(_ bus: isolated Bus) {
        switch stage {
        case .lost: finishReading(bus)
        case .accepting where input.hasDeferred:
            input.readDeferred(bus)
            updateInterest()
        case .accepting where bus.isLagging: pauseForStore()
        case .accepting
        where !isPausedForStore && !isBacklogFull && !isBackedUp && !server.isStopping:
            _ = read(bus)
        case .accepting: updateInterest()
        case .waiting, .leaving, .closed: break
        }
    }

    /// Reads once and executes the lines, and returns whether there may be more.
    private func read(_ bus: isolated Bus) -> Bool {
        guard let socket else { return false }
        server.batch.removeAll()
        let storage = server.batch.arena.storage
        // Records are taken whole: the rest of one would be held here, and not in the kernel.
        let size = isEncrypted ? ChatServer.readSize : server.scheduler.readSize
        let outcome = unsafe socket.receive(
            into: UnsafeMutableRawBufferPointer(start: storage.base, count: size))
        switch outcome {
        case .bytes(let count):
            storage.count = count
            share.isBulk = count > ReadScheduler.typedBytes
            // A text that grows may move the batch to another storage; this one must outlive it.
            withExtendedLifetime(storage) {
                unsafe input.receive(storage.bytes(at: 0, count: count), bus)
            }
            server.recordRead(count)
            if !hasSentBytes { recordFirstBytes() }
            updateInterest()
            return isOpen
        case .wouldBlock: return false
        case .end: endOfInput(bus)
        case .failed: close(bus)
        }
        return false
    }

    private func recordFirstBytes() {
        hasSentBytes = true
        if isSilent { server.recordFirstBytes(of: self) }
    }

    /// Executes half a line as the last one, and leaves; what was said before is still sent.
    private func endOfInput(_ bus: isolated Bus) {
        input.endHalfLine(bus)
        // A connection that waits for an answer finds the end of its input again afterwards.
        if !isWaiting { leave(bus) }
    }

    /// Reads what has come before the server stops.
    func readRemaining(_ bus: isolated Bus) {
        cancelQuery(bus)
        input.readDeferred(bus)
        while acceptsNextLine, !isBacklogFull, readsLeft > 0, read(bus) { readsLeft -= 1 }
        if acceptsNextLine, input.endsBySilence { input.endHalfLine(bus) }
        updateInterest()
    }

    /// Reads what had come before the connection broke, and closes it.
    ///
    /// Sending fails as soon as the other side has closed without reading everything; what it had
    /// sent until then is still there.
    func closeAfterReading(_ bus: isolated Bus) {
        if stage == .lost, share.isQueued { return }
        server.scheduler.beginSlice()
        if isOpen {
            stage = .lost
            isBackedUp = false
        }
        cancelQuery(bus)
        finishReading(bus)
    }

    /// Reads what had come, a slice in each turn, and closes.
    private func finishReading(_ bus: isolated Bus) {
        while isOpen {
            if input.hasDeferred {
                input.readDeferred(bus)
            } else if readsLeft > 0, read(bus) {
                readsLeft -= 1
            } else {
                break
            }
            if isOpen, server.scheduler.isSliceOver || input.hasDeferred {
                return server.scheduler.enqueue(self)
            }
        }
        close(bus)
    }

    /// Reads and discards what a client that has left still sends, until its end.
    func discardInput(_ bus: isolated Bus) {
        let outcome = unsafe withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) {
            socket?.receiveAsIs(into: $0)
        }
        switch outcome {
        case .failed: close(bus)
        case .end: socket?.wait(for: output.isBlocked ? .writable : [])
        default: break
        }
    }
}
