import Metrics

extension Bus {
    /// Returns the counters of the bus and the state of all its parts.
    ///
    /// Takes as long as it takes to look at each connection that is behind, and at the messages
    /// that wait for bridges.
    package func report() -> BusReport {
        BusReport(
            time: now,
            bridges: presentBridges.map { attachment in
                BridgeReport(of: attachment, attachment.statistics, gauges(of: attachment))
            },
            rooms: rooms.map { room in
                BusReport.Room(
                    name: room.name, people: room.population, events: room.log.end.rawValue)
            },
            steps: statistics.steps.map {
                BusReport.Step(name: $0.name, drops: $0.statistics.drops.all)
            },
            turns: statistics.turns, messages: statistics.messages,
            store: keepsMessages ? store.report : nil)
    }

    /// The bridges; where one takes the place of another with the same name, only the new one.
    private var presentBridges: [BridgeAttachment] {
        var result: [BridgeAttachment] = []
        for attachment in bridges {
            if let index = result.firstIndex(where: { $0.name == attachment.name }) {
                result[index] = attachment
            } else {
                result.append(attachment)
            }
        }
        return result
    }

    /// Stops exposing the figures of a bridge that no longer exists, unless another one has its
    /// name.
    package func endStatistics(of attachment: BridgeAttachment) {
        let name = attachment.name
        if bridges.contains(where: { $0 !== attachment && $0.name == name }) { return }
        conditions.remove(named: name)
        statistics.removeBridge(named: name)
    }

    private func gauges(of attachment: BridgeAttachment) -> BridgeGauges {
        var gauges = attachment.readGauges?(self) ?? BridgeGauges()
        for cursor in attachment.cursors {
            gauges.add(cursor.waiting(at: settings.clock.wall()))
        }
        for reader in attachment.durableReaders {
            gauges.add(reader.waiting(at: settings.clock.wall()))
        }
        return gauges
    }
}

extension BridgeGauges {
    /// Adds what waits for a reader, together with others of its channel.
    mutating func add(_ more: WaitingMessages) {
        guard let index = waiting.firstIndex(where: { $0.channel == more.channel }) else {
            return waiting.append(more)
        }
        waiting[index].count += more.count
        waiting[index].age = max(waiting[index].age, more.age)
    }
}
