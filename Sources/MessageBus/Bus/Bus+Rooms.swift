// Rooms that come and go with the configuration, while the bus runs.
extension Bus {
    /// Opens rooms of a new configuration, which nobody sees but the bridges that know of them.
    ///
    /// If the store can't be read, they begin empty, as at a start.
    package func openPendingRooms(_ names: [String]) async {
        let new = names.filter { roomsByName[$0] == nil }.map { Room(name: $0, owner: owner) }
        for room in new {
            if !keepsMessages { room.beginEmpty() }
            do {
                if keepsMessages { try await recall(into: room) }
            } catch {
                settings.log.warning("\(error); the room \(room.name) starts empty")
            }
        }
        pendingRooms = new
        for room in new { roomsByName[room.name] = room }
    }

    /// Closes the rooms of a configuration that is not used after all.
    package func closePendingRooms() {
        let closed = pendingRooms
        pendingRooms = []
        for room in closed { close(room) }
    }

    /// Exchanges the rooms for those of a new configuration: pending rooms can be seen from now on,
    /// and the bridges move people out of rooms that are gone to the first room.
    ///
    /// The messages of a closed room, and the places of its durable readers, stay in the store.
    package func exchangeRooms(for names: [String]) {
        let closed = rooms.filter { !names.contains($0.name) }
        rooms = names.compactMap { roomsByName[$0] }
        pendingRooms = []
        for room in closed { room.isClosed = true }
        for room in closed { close(room) }
    }

    private func close(_ room: Room) {
        room.isClosed = true
        roomsByName[room.name] = nil
        room.end()
    }

    /// Moves somebody's connection from a closed room to another, and tells nobody.
    package func transfer(_ presence: Presence, to room: Room) {
        guard let person = presence.person else {
            presence.room = room
            return
        }
        person.detach(presence)
        presence.room = room
        person.attach(presence)
    }

    /// Takes somebody's connection out of a closed room, and tells nobody.
    package func withdraw(_ presence: Presence) {
        guard let person = presence.person else { return }
        remove(presence, of: person)
    }

    /// Exchanges the steps of the common chain, between two messages.
    package func exchangeChain(with places: [Chain.Successor]) {
        commonChain.exchange(with: places)
    }

    // MARK: - Observers

    /// Calls a function on the loop whenever the rooms or the chains have changed.
    ///
    /// Returns an id for `removeConfigurationObserver(_:)`.
    package func whenConfigurationChanges(_ action: sending @escaping () -> Void) -> UInt64 {
        lastObserver += 1
        configurationObservers[lastObserver] = action
        return lastObserver
    }

    /// Removes a function that `whenConfigurationChanges(_:)` added.
    package func removeConfigurationObserver(_ id: UInt64) { configurationObservers[id] = nil }

    /// Tells the bridges that the rooms or the chains have changed.
    package func configurationHasChanged() {
        for observer in configurationObservers.values { observer() }
    }
}
