import Chat
import Sockets

/// The connections without a name: which one has been silent for longest, and which take too long
/// over their first line or their name.
///
/// Confined to the bus's loop.
final class UnnamedConnections {
    /// The time that half a first line may wait for its end: nobody types a line for longer.
    static let halfLineTimeout: Duration = .seconds(60)

    private let loop: EventLoop
    private let find: (UInt32) -> ChatConnection?
    private let closeLate: (ChatConnection) -> Void
    private var silent = TimedQueue<UInt32>()
    private var nameless: TimedQueue<UInt32>?
    private var beginning = TimedQueue<UInt32>()
    /// The time within which a connection must have a name, if there is one.
    private var nameTimeout: Duration?
    private lazy var timer = LoopTimer { [unowned self] in self.closeAllLate() }

    /// Makes an empty set.
    ///
    /// - Parameters:
    ///   - timeout: the time within which a connection must have a name; `nil` for no limit.
    ///   - find: returns the open connection with an ID.
    ///   - closeLate: closes a connection that took too long.
    init(
        namedWithin timeout: Duration?, on loop: EventLoop,
        find: @escaping (UInt32) -> ChatConnection?, closeLate: @escaping (ChatConnection) -> Void
    ) {
        nameTimeout = timeout
        nameless = timeout.map { _ in TimedQueue<UInt32>() }
        self.loop = loop
        self.find = find
        self.closeLate = closeLate
    }

    /// Changes the time within which a connection must have a name; if there was no limit before,
    /// the time begins now for the connections that have none.
    func setTimeout(_ timeout: Duration?, _ connections: [ChatConnection]) {
        loop.assertOwned()
        let hadTimeout = nameless != nil
        nameTimeout = timeout
        guard timeout != nil else {
            nameless = nil
            return
        }
        if !hadTimeout {
            nameless = TimedQueue<UInt32>()
            for connection in connections {
                nameless?.append(
                    connection.connectionID, at: loop.now, among: connections.count, if: isNameless)
            }
        }
        if let timeout, let first = nameless?.first(where: isNameless) {
            setTimer(first.time + timeout)
        }
    }

    /// Adds a new connection.
    ///
    /// - Parameter count: the number of open connections.
    func append(_ connection: ChatConnection, among count: Int) {
        loop.assertOwned()
        silent.append(connection.connectionID, at: loop.now, among: count, if: isSilent)
        nameless?.append(connection.connectionID, at: loop.now, among: count, if: isNameless)
        if let nameTimeout { setTimer(loop.now + nameTimeout) }
    }

    /// Records that a connection has sent the beginning of its first line.
    func recordFirstBytes(of connection: ChatConnection, among count: Int) {
        loop.assertOwned()
        beginning.append(connection.connectionID, at: loop.now, among: count, if: isSilent)
        setTimer(loop.now + Self.halfLineTimeout)
    }

    /// Returns the connection that has been open for longest without a name and without a line.
    ///
    /// Bytes that have come and are not read yet count as a line: when many connect at once, the
    /// loop has not looked at all of them.
    func oldestSilent() -> ChatConnection? {
        let oldest = silent.first { connectionID in
            find(connectionID).map { $0.isSilent && !$0.hasSentMore } ?? false
        }
        return oldest.flatMap { find($0.id) }
    }

    /// Stops watching.
    func cancel() { timer.cancel() }

    private func isSilent(_ connectionID: UInt32) -> Bool { find(connectionID)?.isSilent ?? false }

    private func isNameless(_ connectionID: UInt32) -> Bool {
        find(connectionID)?.isNameless ?? false
    }

    private func setTimer(_ time: MonotonicTime) {
        if timer.deadline.map({ $0 > time }) ?? true {
            loop.set(timer, at: time)
        }
    }

    private func closeAllLate() {
        while let next = beginning.first(where: isSilent) {
            if !closeIfLate(next, after: Self.halfLineTimeout) { break }
        }
        while let nameTimeout, let next = nameless?.first(where: isNameless) {
            if !closeIfLate(next, after: nameTimeout) { break }
        }
    }

    private func closeIfLate(_ entry: TimedQueue<UInt32>.Entry, after timeout: Duration) -> Bool {
        guard loop.now - entry.time >= timeout else {
            setTimer(entry.time + timeout)
            return false
        }
        if let connection = find(entry.id) { closeLate(connection) }
        return true
    }
}
