import TimeUnits

// The time that a client may take for each step, by the loop's clock.

extension HTTPServerConnection {
    /// The time for a header, from its first byte.
    private static let headTime: Duration = .seconds(10)
    /// The longest pause in a body.
    private static let bodyPause: Duration = .seconds(10)
    /// The time for a body, and a second more for each KiB of it that has come: a byte now and then
    /// would hold the connection for ever.
    private static let bodyTime: Duration = .seconds(60)
    /// The time between two requests.
    private static let idleTime: Duration = .seconds(60)
    /// The time for a request that is under way when the server stops.
    private static let stopTime: Duration = .seconds(5)

    /// The time at which the client has taken too long; `nil` while the server itself is to answer.
    private var deadline: MonotonicTime? {
        let deadline: MonotonicTime?
        if !output.isEmpty || socket?.hasUnsent ?? false {
            deadline = lastSent + server.options.stalledAfter
        } else if exchange != nil {
            deadline = nil
        } else if parser.isInBody {
            deadline = min(
                lastRead + Self.bodyPause,
                bodyStart + Self.bodyTime + .seconds(heldBody / 1_024))
        } else if let headStart {
            deadline = headStart + Self.headTime
        } else {
            deadline = idleSince + Self.idleTime
        }
        guard let stoppingSince = server.stoppingSince else { return deadline }
        return min(deadline ?? .distantFuture, stoppingSince + Self.stopTime)
    }

    /// Sets the timer so that it fires in time.
    ///
    /// A timer that fires before the deadline, and within the shortest of the times, can stay as it
    /// is: bringing a timer forward costs the loop much, and every request would do it.
    func setTimer() {
        guard let deadline else { return }
        let next = min(deadline, server.loop.now + Self.headTime)
        if let set = timer.deadline, set <= next { return }
        server.loop.set(timer, at: next)
    }

    /// Ends what has taken too long.
    func checkDeadline() {
        guard socket != nil, let deadline else { return }
        guard server.loop.now >= deadline else { return setTimer() }
        let isOwed = !output.isEmpty || exchange != nil
        if isOwed || isIdle || server.isStopping { return close() }
        guard case .open = phase else { return close() }
        refuse(HTTPRefusal(.requestTimeout, "the request did not come in time"))
        advance()
    }

    /// Ends at once if it is idle, else after the present request.
    func stop() {
        if isIdle { return close() }
        setTimer()
    }
}
