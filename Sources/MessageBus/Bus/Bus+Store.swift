// Dealing with a store that outlives the process.
extension Bus {
    /// True if more messages wait to be stored than should, so that sources should be read more
    /// slowly.
    package var isLagging: Bool { keepsMessages && store.condition == .lags }

    /// True if the store has all messages or will have them within moments.
    package var isStoreCurrent: Bool {
        keepsMessages && (store.condition == .keepsUp || store.condition == .lags)
    }

    /// Calls a function on the loop whenever the store may have got further.
    ///
    /// Returns an id for `removeStoreObserver(_:)`.
    package func whenStoreMoves(_ action: sending @escaping () -> Void) -> UInt64 {
        lastObserver += 1
        storeObservers[lastObserver] = action
        return lastObserver
    }

    /// Removes a function that `whenStoreMoves(_:)` added.
    package func removeStoreObserver(_ id: UInt64) { storeObservers[id] = nil }

    func storeHasMoved() {
        if keepsMessages { forgetExpired() }
        storeSignal.send()
        for observer in storeObservers.values { observer() }
    }

    /// Removes messages that the store has deleted for their age from the rooms' logs, so that
    /// nobody gets them from memory.
    private func forgetExpired() {
        let expired = store.expired
        if expired.isEmpty { return }
        for room in allRooms {
            if let number = expired[room.name] { room.log.expire(through: number) }
        }
    }

    /// Returns when the store takes more messages, which slows down a source.
    ///
    /// - Parameter isOwed: true if the messages to come must be kept, even if that takes until
    ///   somebody has made space on a full disk.
    /// - Throws: `CancellationError`.
    func waitForCapacity(isOwed: Bool) async throws {
        guard keepsMessages else { return }
        while !isEnding {
            let seen = storeSignal.count
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
    ///   - count: the count of `storeSignal` before the store was checked: with a preferred
    ///     executor the task may leave the bus between the check and the wait, and would sleep
    ///     through a change in between.
    ///   - evenWhenEnding: true to wait even if the bus has ended already.
    func waitForStore(since count: UInt64, evenWhenEnding: Bool = false) async {
        if isEnding, !evenWhenEnding { return }
        await storeSignal.wait(since: count)
    }

    /// Puts messages from before the process began into the rooms' logs, as many as people may ask
    /// for, without telling anybody.
    package func recall() async throws {
        for room in rooms where keepsMessages { try await recall(into: room) }
    }

    func recall(into room: Room) async throws {
        let messages = try await store.texts(in: room.name, before: .max, atMost: Self.maxTexts)
        let extent = try await store.extent(of: room.name)
        room.recall(messages, last: extent.last)
    }

    /// The most texts that somebody may ask for at once.
    package static var maxTexts: Int { 500 }

    // MARK: - Earlier messages

    /// Returns the numbers of the last texts of a room, rising, if its log has as many or there are
    /// no more; `nil` if the store has to be asked.
    package func recentTextNumbers(in room: Room, atMost count: Int) -> [MessageNumber]? {
        let numbers = room.log.textNumbers(in: 0..<room.log.end, atMost: count)
        return numbers.count == count || !keepsMessages || !room.hasForgotten ? numbers : nil
    }

    /// Returns the numbers of the last texts of a room, rising.
    package func textNumbers(in room: Room, atMost count: Int) async throws -> [MessageNumber] {
        let recent = room.log.textNumbers(in: 0..<room.log.end, atMost: count)
        guard recent.count < count, keepsMessages, room.hasForgotten else { return recent }
        return try await store.textNumbers(
            in: room.name, before: recent.first ?? .max, atMost: count - recent.count) + recent
    }

    /// Returns a message by its number, from a room's log or the store.
    package func message(numbered number: MessageNumber) async throws -> Message? {
        for room in rooms {
            if let message = room.log.message(numbered: number) { return message }
        }
        return try await store.message(numbered: number)
    }
}
