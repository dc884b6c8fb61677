// What the bus does with a store that outlives the process.
extension Bus {
    /// Whether sources should be read more slowly, because more waits to be kept than should.
    package var isLagging: Bool { keepsMessages && store.condition == .lags }

    /// Whether the store has what was said, or will have it within moments.
    package var canCarryOn: Bool {
        keepsMessages && (store.condition == .keepsUp || store.condition == .lags)
    }

    /// Calls a function on the loop whenever the store may have got further.
    ///
    /// Returns what to take it away by.
    package func whenStoreMoves(_ action: sending @escaping () -> Void) -> UInt64 {
        lastWaiter += 1
        storeObservers[lastWaiter] = action
        return lastWaiter
    }

    /// Takes a function of `whenStoreMoves` away.
    package func removeStoreObserver(_ id: UInt64) { storeObservers[id] = nil }

    func storeHasMoved() {
        storeMoves += 1
        let waiters = storeWaiters
        storeWaiters = [:]
        for waiter in waiters.values { waiter.resume() }
        for observer in storeObservers.values { observer() }
    }

    /// Returns when the store takes more: that is how a source is slowed down.
    ///
    /// - Parameter isOwed: whether what is to come must be kept, also if that takes until a full
    ///   disk has been emptied.
    /// - Throws: `CancellationError`.
    func waitForRoom(isOwed: Bool) async throws {
        guard keepsMessages else { return }
        while !isEnding {
            let seen = storeMoves
            switch store.condition {
            case .keepsUp, .fails: return
            case .failsAndIsFull where !isOwed: return
            case .lags, .failsAndIsFull: await waitForStore(since: seen)
            }
            try Task.checkCancellation()
        }
    }

    /// Returns when the store may have got further, the bus ends, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - moves: `storeMoves` before the store was looked at: with a preferred executor the task may
    ///     give the bus up between a look and its wait, and would sleep through what comes then.
    ///   - evenAtTheEnd: whether to wait also if the bus has ended already.
    func waitForStore(since moves: UInt64, evenAtTheEnd: Bool = false) async {
        lastWaiter += 1
        let id = lastWaiter
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if storeMoves != moves || isEnding && !evenAtTheEnd || Task.isCancelled {
                    continuation.resume()
                } else {
                    storeWaiters[id] = continuation
                }
            }
        } onCancel: {
            post { $0.forgetStoreWaiter(id) }
        }
    }

    private func forgetStoreWaiter(_ id: UInt64) { storeWaiters.removeValue(forKey: id)?.resume() }

    /// Puts what was said before the process began into the rooms' logs, as much of it as people
    /// may ask for; nobody is told.
    package func recall() async throws {
        for room in rooms where keepsMessages {
            let messages = try await store.texts(
                in: room.name, before: .max, atMost: Self.mostTexts)
            room.recall(messages)
        }
    }

    /// Texts that somebody may ask for at once.
    package static var mostTexts: Int { 500 }

    // MARK: - What was said before

    /// The numbers of the last texts of a room, rising, if its log has so many or there are no
    /// more; otherwise the store has to be asked.
    package func recentTextNumbers(in room: Room, atMost count: Int) -> [UInt64]? {
        let numbers = room.log.textNumbers(in: 0..<room.log.end, atMost: count)
        return numbers.count == count || !keepsMessages || !room.hasForgotten ? numbers : nil
    }

    /// The numbers of the last texts of a room, rising.
    package func textNumbers(in room: Room, atMost count: Int) async throws -> [UInt64] {
        let recent = room.log.textNumbers(in: 0..<room.log.end, atMost: count)
        guard recent.count < count, keepsMessages, room.hasForgotten else { return recent }
        return try await store.textNumbers(
            in: room.name, before: recent.first ?? .max, atMost: count - recent.count) + recent
    }

    /// A message by its number, wherever it is.
    package func message(numbered number: UInt64) async throws -> Message? {
        for room in rooms {
            if let message = room.log.message(numbered: number) { return message }
        }
        return try await store.message(numbered: number)
    }
}
