/// The frames about a connection, apart from its messages: pings, pongs and the close, in both
/// directions, with their deadlines.
///
/// Pure: the owner tells it what has come and what time it is, sends what it gives between two
/// messages, and closes the connection when it says so. What waits to be sent is bounded: of several
/// pings only the last is answered (RFC 6455, 5.5.3).
package struct WebSocketControl: Sendable {
    /// The state of the connection.
    package enum State: Equatable, Sendable {
        /// Messages go in both directions.
        case open
        /// The close is sent or waits to be: no further message may be sent, and those that come are
        /// to be ignored.
        case closing
        /// Both sides have closed: the connection is to be closed once everything is sent
        /// (`TakenOverConnection.closeWhenRead`).
        case closed
        /// The client has not answered in time: the connection is to be closed at once.
        case lost
    }

    /// The state.
    package private(set) var state = State.open
    private var pong: [UInt8]?
    private var hasPing = false
    private var closing: [UInt8]?
    private var awaitsPong = false
    /// The time, by the loop's clock, at which `check` is to be called.
    package private(set) var deadline: Int64

    /// Nanoseconds between two pings, within which one is to be answered.
    package static let pingInterval: Int64 = 30_000_000_000
    /// Nanoseconds for the client's close behind ours.
    package static let closeTime: Int64 = 5_000_000_000

    /// Begins with a connection.
    ///
    /// - Parameter now: the loop's time.
    package init(at now: Int64) { deadline = now + Self.pingInterval }

    /// True if there is something to be sent before the next message.
    package var hasOutput: Bool { pong != nil || hasPing || closing != nil }

    /// Records a ping, to be answered.
    package mutating func receivePing(_ payload: [UInt8]) {
        if state == .open { pong = payload }
    }

    /// Records a pong.
    package mutating func receivePong() { awaitsPong = false }

    /// Records the client's close, and answers it if ours was not sent.
    package mutating func receiveClose(_ code: WebSocketCloseCode?, at now: Int64) {
        if state == .open { begin(code, "", at: now) }
        if state == .closing { state = .closed }
    }

    /// Begins to close.
    ///
    /// - Parameter reason: a sentence for whoever wrote the client; 123 bytes of it are sent.
    package mutating func close(
        _ code: WebSocketCloseCode, _ reason: String = "", at now: Int64
    ) {
        if state == .open { begin(code, reason, at: now) }
    }

    /// Closes because of a violation, behind which nothing is read: the client's close won't be.
    package mutating func fail(_ violation: WebSocketViolation, at now: Int64) {
        close(violation.code, violation.reason, at: now)
        if state == .closing { state = .closed }
    }

    private mutating func begin(_ code: WebSocketCloseCode?, _ reason: String, at now: Int64) {
        var bytes: [UInt8] = []
        if let code {
            WebSocketFrame.appendClose(code, reason, to: &bytes)
        } else {
            WebSocketFrame.append(.close, [], to: &bytes)
        }
        (closing, pong, hasPing) = (bytes, nil, false)
        state = .closing
        deadline = now + Self.closeTime
    }

    /// Does what is due; to be called at `deadline`, or later.
    package mutating func check(at now: Int64) {
        guard now >= deadline else { return }
        guard state == .open, !awaitsPong else {
            state = .lost
            return
        }
        (hasPing, awaitsPong) = (true, true)
        deadline = now + Self.pingInterval
    }

    /// Returns the frames that are to be sent before the next message, and forgets them.
    package mutating func dequeueOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        if let pong { WebSocketFrame.append(.pong, pong, to: &bytes) }
        if hasPing { WebSocketFrame.append(.ping, [], to: &bytes) }
        bytes += closing ?? []
        (pong, hasPing, closing) = (nil, false, nil)
        return bytes
    }
}
