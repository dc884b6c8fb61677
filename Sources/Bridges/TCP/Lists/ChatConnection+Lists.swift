import Chat
import MessageBus

// Answers that are lists, produced as the client reads.
extension ChatConnection {
    /// Answers with a list, behind all that the room has said so far.
    ///
    /// - Parameter isOwed: whether it must be shown, however much memory other lists take.
    func answer(_ list: some AnswerList, isOwed: Bool = false) {
        guard isOpen else { return }
        guard isOwed || server.lists.hasCapacity(for: list.heldBytes) else {
            return answer(.rateLimited, phrases.rateLimited)
        }
        roomReaders.feed?.catchUp()
        output.answer(list)
        updateListBytes()
        scheduleSend()
    }

    /// Tells the server how many bytes the connection's lists hold.
    func updateListBytes() {
        let bytes = isClosed ? 0 : output.listBytes
        if bytes != countedListBytes { server.lists.adjustHeldBytes(by: bytes - countedListBytes) }
        countedListBytes = bytes
    }

    /// Produces the next piece, once everything before it has been taken.
    func produceList(_ bus: isolated Bus) {
        awaitsListPiece = false
        guard !isClosed, let list = output.list else { return }
        var piece: [UInt8] = []
        switch list.produce(into: &piece, bus) {
        case .more: send(piece: piece, isLast: false)
        case .end: send(piece: piece, isLast: true)
        case .needs(let numbers):
            // The lines that the log had are sent meanwhile.
            if !piece.isEmpty { return send(piece: piece, isLast: false) }
            awaitsListPiece = true
            server.lists.fetch(numbers, for: self)
        }
    }

    /// Continues a list with the store's answer.
    func supplyList(_ result: Result<StoredRun, any Error>, _ bus: isolated Bus) {
        awaitsListPiece = false
        guard !isClosed, let list = output.list else { return }
        switch result {
        case .success(let run):
            list.supply(run)
            awaitsListPiece = true
            server.lists.enqueue(self)
        case .failure(let error):
            server.logQueryFailure(error)
            send(
                piece: Array((phrases.answer(.dropped, phrases.noHistory) + "\n").utf8),
                isLast: true)
        }
    }

    private func send(piece: [UInt8], isLast: Bool) {
        output.supply(piece, isLast: isLast)
        sendPending()
    }
}
