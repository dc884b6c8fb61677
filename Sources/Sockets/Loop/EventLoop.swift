import CLinux
import Glibc
import Synchronization
// Every file that uses a loop also needs its units of time.
@_exported import TimeUnits

/// An event loop: one thread that waits for descriptors, timers and jobs, and runs their handlers.
///
/// Confined to its thread (before it starts, to its maker), except `enqueue`, `perform`,
/// `clockHasChanged` and `stop`, which are safe from any thread. As an executor it lets actors
/// share the thread of their sockets. A turn is: events, jobs, due timers, then the functions given
/// to `beforeTurnEnd` and `atTurnEnd`.
///
/// The kernel hands back a number with each event, never a pointer.
@safe public final class EventLoop: SerialExecutor, @unchecked Sendable {  // confined to its thread
    /// A slot in the table of descriptors.
    public struct Registration: Sendable {
        let slot: UInt32
        let generation: UInt32
        let descriptor: Int32
    }

    /// The routes that bridges on the loop give to one another's HTTP servers.
    public let routes = HTTPRoutes()
    /// The sockets that its listeners listen with; other loops may share them.
    package let listeningSockets: ListeningSockets
    private let clock: any TimeSource
    private var poll: PollTable
    private let inbox: LoopInbox
    private let timerDescriptor: Int32
    private var timers = TimerQueue()
    private var armedFor = MonotonicTime.distantFuture
    private var beforeTurnEnds: [(id: Int, action: () -> Void)] = []
    private var turnEnds: [(id: Int, action: () -> Void)] = []
    private var lastTurnEnd = 0
    /// Called when a turn has ended, with the time that it took.
    package var onTurnEnded: ((Duration) -> Void)?
    private var endsTurn = false
    private var isEnding = false
    private var needsAnotherTurn = false
    /// Events left for the next turn by one that ended early.
    private var leftOver: [epoll_event] = unsafe []
    /// The thread that runs the loop, or 0.
    private let thread = Atomic<UInt>(0)
    private var jobs: [UnownedJob] = []
    private var actions: [@Sendable () -> Void] = []

    // Unchecked here and below: used for each line, and a check of exclusive access at run time
    // takes longer than the access (17 ns instead of 3 ns for a call that adds to an integer;
    // swiftc -O). Safe all the same: nothing that runs during an access makes another one.
    /// The time at the beginning of this turn, by a clock that never jumps.
    @safe @exclusivity(unchecked) public private(set) var now: MonotonicTime
    /// The moment of the wall clock at the beginning of this turn.
    @safe @exclusivity(unchecked) public private(set) var wallTime: Timestamp

    /// The most events of a turn.
    private static let eventsPerTurn = 1_024

    /// Makes a loop that does not run yet.
    ///
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    public convenience init(clock: any TimeSource = SystemClock()) throws {
        try self.init(clock: clock, ListeningSockets())
    }

    /// Makes a loop that does not run yet, whose listeners use the given sockets.
    ///
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    package init(
        clock: any TimeSource = SystemClock(), _ listeningSockets: ListeningSockets
    ) throws {
        self.clock = clock
        self.listeningSockets = listeningSockets
        now = clock.monotonic()
        wallTime = clock.wall()
        poll = try PollTable()
        inbox = try LoopInbox()
        timerDescriptor = timerfd_create(
            CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
        guard timerDescriptor >= 0 else { throw SocketError("timerfd_create") }
        poll.watchOwn(inbox.descriptor)
        poll.watchOwn(timerDescriptor)
    }

    deinit { close(timerDescriptor) }

    // MARK: - Running

    /// Runs the loop on the calling thread until `stop()`.
    public func run() {
        thread.store(UInt(pthread_self()), ordering: .releasing)
        let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: Self.eventsPerTurn)
        defer { unsafe events.deallocate() }
        while true {
            let next = unsafe inbox.next(isBusy: needsAnotherTurn || !leftOver.isEmpty)
            if next == .stop { break }
            needsAnotherTurn = false
            arm()
            // Serve events left from the last turn first; epoll would report the same early
            // descriptors again and starve the late ones.
            let count = unsafe leftOver.isEmpty ? poll.wait(next == .wait, into: events) : 0
            now = clock.monotonic()
            wallTime = clock.wall()
            if count > 0 { unsafe dispatch(UnsafeBufferPointer(rebasing: events[..<count])) }
            if count == 0, unsafe !leftOver.isEmpty { dispatchLeftOver() }
            runInbox()
            while let timer = timers.popDue(now) { timer.action() }
            for work in beforeTurnEnds { work.action() }
            isEnding = true
            for turnEnd in turnEnds { turnEnd.action() }
            isEnding = false
            if let onTurnEnded { onTurnEnded(clock.monotonic() - now) }
        }
        thread.store(0, ordering: .releasing)
    }

    /// Runs the loop on a thread of its own.
    ///
    /// - Throws: `SocketError` that names the limit, when the system gives no more threads.
    public func start(named name: String = "loop") throws(SocketError) {
        try DedicatedThread.start(named: name) { self.run() }
    }

    /// Stops the loop after the present turn.
    public func stop() { inbox.stop() }

    private func dispatchLeftOver() {
        let events = unsafe leftOver
        unsafe leftOver = []
        unsafe events.withUnsafeBufferPointer { dispatch($0) }
    }

    @safe private func dispatch(_ events: UnsafeBufferPointer<epoll_event>) {
        endsTurn = false
        for index in 0..<events.count {
            let event = unsafe events[index]
            if let descriptor = unsafe poll.ownDescriptor(of: event) {
                drain(descriptor)
            } else if let handler = unsafe poll.handler(of: event) {
                unsafe handler.handle(Readiness(rawValue: event.events))
                if endsTurn {
                    unsafe leftOver = Array(UnsafeBufferPointer(rebasing: events[(index + 1)...]))
                    return
                }
            }
        }
    }

    private func drain(_ descriptor: Int32) {
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, 8)
        if descriptor == timerDescriptor { armedFor = .distantFuture }
    }

    private func runInbox() {
        inbox.exchange(jobs: &jobs, actions: &actions)
        if !jobs.isEmpty {
            for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
            jobs.removeAll(keepingCapacity: true)
        }
        if !actions.isEmpty {
            for action in actions { action() }
            actions.removeAll(keepingCapacity: true)
        }
    }

    /// Runs a function on the loop, soon.
    ///
    /// Safe from any thread.
    public func perform(_ action: @escaping @Sendable () -> Void) { inbox.enqueue(action) }

    /// Makes the loop read its clock.
    ///
    /// Safe from any thread.
    public func clockHasChanged() { perform {} }

    // MARK: - Executor

    /// Enqueues a job.
    ///
    /// Safe from any thread.
    public func enqueue(_ job: consuming ExecutorJob) { inbox.enqueue(UnownedJob(job)) }

    /// True if the caller is on the loop's thread.
    public var isCurrent: Bool {
        thread.load(ordering: .acquiring) == UInt(pthread_self())
    }

    /// True if the caller is on the loop's thread.
    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Traps off the loop's thread.
    public func checkIsolated() {
        precondition(isCurrent, "called from another thread than the event loop's")
    }

    /// Traps in debug builds if the loop runs and the caller is not on its thread.
    ///
    /// For classes that are confined to the loop; costs nothing in release builds.
    @inlinable
    public func assertOwned() { assert(isOwned, "confined to the event loop's thread") }

    /// True on the loop's thread, and on any thread while the loop does not run.
    @usableFromInline package var isOwned: Bool {
        let owner = thread.load(ordering: .acquiring)
        return owner == 0 || owner == UInt(pthread_self())
    }

    // MARK: - Descriptors

    /// Watches a descriptor.
    ///
    /// The loop keeps the handler until `remove`.
    ///
    /// - Throws: `SocketError`, for instance for a regular file, which epoll refuses.
    public func add(
        _ descriptor: Int32, _ interest: Readiness, _ handler: any EventHandler
    ) throws -> Registration {
        try poll.add(descriptor, interest, handler)
    }

    /// Watches a descriptor, whose events come to nothing before `replaceHandler` if `handler` is
    /// `nil`.
    ///
    /// - Throws: `SocketError`.
    func add(
        _ descriptor: Int32, _ interest: Readiness, _ handler: (any EventHandler)?
    ) throws -> Registration {
        try poll.add(descriptor, interest, handler)
    }

    /// Changes the events that a descriptor is watched for.
    public func modify(_ registration: Registration, _ interest: Readiness) {
        poll.modify(registration, interest)
    }

    /// Gives a watched descriptor another handler.
    public func replaceHandler(
        of registration: Registration, with handler: any EventHandler
    ) {
        // Releases the old one here, outside of the table.
        _ = poll.replaceHandler(of: registration, with: handler)
    }

    /// Stops watching.
    ///
    /// Must be called before the descriptor is closed.
    public func remove(_ registration: Registration) {
        // Releases the handler here, outside of the table: its deinitializer may remove something
        // itself.
        _ = poll.remove(registration)
    }

    /// Leaves the remaining events of this turn to the next one, so that received messages go out
    /// first.
    public func endTurnEarly() { endsTurn = true }

    /// Starts another turn right after this one, if the functions at its end are running already.
    public func requestTurnIfEnding() {
        if isEnding { needsAnotherTurn = true }
    }

    /// Starts another turn right after this one, to go on with remaining work.
    public func requestTurn() { needsAnotherTurn = true }

    /// The time by the same clock as `now`, read now.
    public var preciseNow: MonotonicTime { clock.monotonic() }

    /// Adds a function that is called in each turn after all handlers, before those of `atTurnEnd`.
    ///
    /// Returns an id for `removeTurnEnd`.
    @discardableResult
    public func beforeTurnEnd(_ action: @escaping () -> Void) -> Int {
        assertOwned()
        lastTurnEnd += 1
        beforeTurnEnds.append((lastTurnEnd, action))
        return lastTurnEnd
    }

    /// Adds a function that is called at the end of each turn, in the order of adding.
    ///
    /// Returns an id for `removeTurnEnd`.
    @discardableResult
    public func atTurnEnd(_ action: @escaping () -> Void) -> Int {
        assertOwned()
        lastTurnEnd += 1
        turnEnds.append((lastTurnEnd, action))
        return lastTurnEnd
    }

    /// Removes a function of `beforeTurnEnd` or `atTurnEnd`.
    public func removeTurnEnd(_ id: Int) {
        assertOwned()
        beforeTurnEnds.removeAll { $0.id == id }
        turnEnds.removeAll { $0.id == id }
    }

    // MARK: - Timers

    /// Sets a timer, or moves it if it was set.
    ///
    /// - Parameter delay: from the beginning of this turn.
    public func set(_ timer: LoopTimer, after delay: Duration) { set(timer, at: now + delay) }

    /// Sets a timer, or moves it if it was set.
    ///
    /// - Parameter time: of the loop's clock.
    public func set(_ timer: LoopTimer, at time: MonotonicTime) {
        assertOwned()
        #if DEBUG
            timer.loop?.assertOwned()
            timer.loop = self
        #endif
        timers.set(timer, at: time)
    }

    private func arm() {
        guard clock.isReal, let next = timers.next, next < armedFor else { return }
        armedFor = next
        var setting = itimerspec()
        // Not `timespec(next)`: with the headers of Linux the compiler takes that for another type.
        (setting.it_value.tv_sec, setting.it_value.tv_nsec) = next.parts
        unsafe timerfd_settime(timerDescriptor, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    }
}
