import Chat
import Sockets

/// The connections that have not said who they are: which one has been silent for longest, and who
/// takes too long for a first line or for a name.
///
/// Confined to the bus's loop.
final class UnnamedConnections {
    /// Nanoseconds that half a first line may stay half.
    static let halfLinePatience: Int64 = 60_000_000_000

    private let loop: EventLoop
    private let find: (UInt32) -> ChatConnection?
    private let sendAway: (ChatConnection) -> Void
    private var silent = ArrivalQueue()
    private var nameless: ArrivalQueue?
    private var beginning = ArrivalQueue()
    /// Nanoseconds within which a connection must have a name.
    private let namePatience: Int64
    private lazy var timer = LoopTimer { [unowned self] in self.sendLateAway() }

    /// Makes it without anybody.
    ///
    /// - Parameters:
    ///   - patience: nanoseconds within which a connection must have a name; `nil`: it need not.
    ///   - find: the connection of a source, as long as it is open.
    ///   - sendAway: closes a connection whose time is over.
    init(
        namedWithin patience: Int64?, on loop: EventLoop,
        find: @escaping (UInt32) -> ChatConnection?, sendAway: @escaping (ChatConnection) -> Void
    ) {
        namePatience = patience ?? .max
        nameless = patience.map { _ in ArrivalQueue() }
        self.loop = loop
        self.find = find
        self.sendAway = sendAway
    }

    /// Notes that a connection has come.
    ///
    /// - Parameter count: connections there are.
    func add(_ connection: ChatConnection, among count: Int) {
        silent.append(connection.connectionID, at: loop.now, among: count, if: isSilent)
        nameless?.append(connection.connectionID, at: loop.now, among: count, if: isNameless)
        if nameless != nil { setTimer(loop.now + namePatience) }
    }

    /// Notes that a connection has begun its first line.
    func noteBeginning(of connection: ChatConnection, among count: Int) {
        beginning.append(connection.connectionID, at: loop.now, among: count, if: isSilent)
        setTimer(loop.now + Self.halfLinePatience)
    }

    /// The one that has been here for longest without a name and without a line.
    ///
    /// Many come at once: who has sent something that is not read yet is not silent.
    func oldestSilent() -> ChatConnection? {
        let oldest = silent.first { connectionID in
            find(connectionID).map { $0.isSilent && !$0.hasSentMore } ?? false
        }
        return oldest.flatMap { find($0.connectionID) }
    }

    /// Looks no more.
    func end() { timer.cancel() }

    private func isSilent(_ connectionID: UInt32) -> Bool { find(connectionID)?.isSilent ?? false }

    private func isNameless(_ connectionID: UInt32) -> Bool {
        find(connectionID)?.isNameless ?? false
    }

    private func setTimer(_ time: Int64) {
        if timer.deadline.map({ $0 > time }) ?? true { loop.set(timer, after: time - loop.now) }
    }

    private func sendLateAway() {
        while let next = beginning.first(isSilent) {
            if !sendAwayIfLate(next, after: Self.halfLinePatience) { break }
        }
        while let next = nameless?.first(isNameless) {
            if !sendAwayIfLate(next, after: namePatience) { break }
        }
    }

    private func sendAwayIfLate(_ arrival: ArrivalQueue.Arrival, after patience: Int64) -> Bool {
        guard loop.now - arrival.time >= patience else {
            setTimer(arrival.time + patience)
            return false
        }
        if let connection = find(arrival.connectionID) { sendAway(connection) }
        return true
    }
}
