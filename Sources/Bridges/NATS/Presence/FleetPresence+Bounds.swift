import Locking
import MessageBus
import TimeUnits

// The bounds that keep others from filling the memory and the log: anybody whom the broker lets in
// may claim to be an instance.
extension FleetPresence {
    /// The most instances that are known at a time.
    static let maxPeers = 1_000
    /// The time after which an instance that is gone is forgotten.
    static let memory: Duration = .seconds(86_400)

    /// Forgets an instance that is gone if there are too many; returns false if none is gone.
    func makeRoom(for peer: FleetPeer) -> Bool {
        let now = fleet.clock.monotonic()
        let (hasRoom, isLogged) = state.withLock { state in
            state.peers = state.peers.filter {
                !$0.value.isGone || now - $0.value.heard < Self.memory
            }
            if state.peers.count < Self.maxPeers { return (true, false) }
            let gone = state.peers.filter(\.value.isGone).min { $0.value.heard < $1.value.heard }
            guard let gone else { return (false, state.refusals.admit(at: now)) }
            state.peers[gone.key] = nil
            return (true, false)
        }
        if isLogged {
            fleet.log.warning(
                "there are \(Self.maxPeers) other instances already: \(peer.name) is left out")
        }
        return hasRoom
    }

    /// Logs a line about an instance, unless there were many; returns whether it was logged.
    @discardableResult
    func log(_ line: String, isWarning: Bool = false) -> Bool {
        let now = fleet.clock.monotonic()
        guard state.withLock({ $0.lines.admit(at: now) }) else { return false }
        if isWarning { fleet.log.warning(line) } else { fleet.log.info(line) }
        return true
    }

    /// Logs how many lines were left out.
    func tellLines() {
        let now = fleet.clock.monotonic()
        let (lines, refused) = state.withLock {
            ($0.lines.drainHeldCount(at: now), $0.refusals.drainHeldCount(at: now))
        }
        if let lines { fleet.log.warning("other instances: \(lines) more lines were left out") }
        if let refused {
            fleet.log.warning("\(refused) times there was no room for another instance")
        }
    }
}
