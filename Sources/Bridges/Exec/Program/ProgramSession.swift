import Chat
import Glibc
import Locking
import MessageBus
import Sockets

/// One run of a program: from its start to its end.
///
/// Safe from any thread.
final class ProgramSession: Sendable {
    /// The state of the session, apart from the program's own end.
    struct State {
        var wasReady = false
        /// The first failure on our side, for which the program was killed.
        var failure: (any Error)?
        /// The number of answers that the program did not read in time.
        var unreadAnswers: UInt64 = 0
        /// True if the program is being ended, because the bus stops or the program has closed one
        /// of its streams.
        var isEnding = false
    }

    /// The time for which other processes may hold the program's output open after its end.
    private static let outputGrace = Duration.seconds(1)
    /// The time after which a program is reported that reads nothing although something waits for
    /// it.
    private static let readingTime = Duration.seconds(60)
    /// The bytes of standard error that are read in a second; a program that writes more is slowed
    /// down.
    private static let errorBytesPerSecond = 1 << 20

    let options: Exec.Options
    let port: Port
    let log: ProgramLog
    let process: ProgramProcess
    let rooms: [String]
    let pending = Locked(PendingDeliveries())
    let state = Locked(State())
    private let time: PauseClock

    /// Makes a session whose program does not run yet.
    init(
        _ options: Exec.Options, _ port: Port, _ loop: EventLoop, log: ProgramLog,
        time: PauseClock
    ) {
        self.options = options
        self.port = port
        self.log = log
        self.time = time
        rooms = options.rooms?.map(\.text) ?? [port.room]
        process = ProgramProcess(on: loop)
    }

    /// True once the program has said that it is ready.
    var wasReady: Bool { state.withLock { $0.wasReady } }

    /// Runs the program, and returns its end.
    ///
    /// - Throws: the reason why it could not be started, or was killed; `CancellationError`.
    func run(_ command: ChildCommand) async throws -> ChildExit {
        try await process.start(command)
        // Everything that the program has said by the time the bus ends is published.
        await port.openIntake()
        let exit = try await withTaskCancellationHandler {
            try await serve()
        } onCancel: {
            process.killSoon()
        }
        await process.kill()
        log.finish()
        await port.closeIntake()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        // A program that was killed because the bridge was cancelled has not failed.
        try Task.checkCancellation()
        guard let exit else { throw CancellationError() }
        return exit
    }

    private func serve() async throws -> ChildExit? {
        try await greet()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.obeyStop() }
            group.addTask { await self.readErrors() }
            group.addTask { await self.watchReading() }
            if options.format == .lines {
                await becomeReady(&group)
            } else {
                group.addTask { await self.watchReadiness() }
            }
            var exit: ChildExit?
            for await event in process.events {
                switch event {
                case .lines(let lines):
                    await attempt { try await self.execute(lines, &group) }
                case .outputClosed:
                    // A program that only reads may do without its output.
                    if port.direction != .out || options.durable {
                        group.addTask { await self.stopAfterStreamClosed("output") }
                    }
                case .inputClosed:
                    // A program that only speaks may do without its input.
                    if port.direction != .in {
                        group.addTask { await self.stopAfterStreamClosed("input") }
                    }
                case .exit(let end):
                    exit = end
                    group.addTask { await self.closeOutputSoon() }
                }
            }
            group.cancelAll()
            await group.waitForAll()
            return exit
        }
    }

    /// Sends the program its first line, which tells it about the bus.
    private func greet() async throws {
        guard options.format == .json else { return }
        let checkpoints = try await port.checkpoints()
        _ = await process.writeNow(
            ProgramLine.hello(
                name: port.name, room: port.room, rooms: rooms, language: port.language,
                checkpoints: checkpoints.mapValues { String(decoding: $0, as: UTF8.self) }))
    }

    /// Begins to hand messages over.
    func becomeReady(_ group: inout TaskGroup<Void>) async {
        let isFirst = state.withLock { state in
            defer { state.wasReady = true }
            return !state.wasReady
        }
        guard isFirst else { return }
        await port.ready()
        guard port.direction != .in else { return }
        for room in rooms {
            group.addTask { await self.attempt { try await self.deliver(from: room) } }
        }
        if options.format == .json {
            group.addTask { await self.deliverPrivateMessages() }
        }
    }

    /// Runs a function; if it fails, so does the session.
    func attempt(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch is CancellationError {
            // The session is over already.
        } catch {
            await fail(error)
        }
    }

    private func fail(_ error: any Error) async {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
        await process.kill()
    }

    // MARK: - Waiting

    private func watchReadiness() async {
        do { try await time.sleep(Exec.readiness) } catch { return }
        if wasReady { return }
        await fail(
            BridgeError(
                "the program has not said {\"type\":\"ready\"} within \(Exec.readiness.plain)"))
    }

    /// Reads standard error, no faster than a log is useful.
    private func readErrors() async {
        var bytesSincePause = 0
        for await bytes in process.errors {
            await log.writeErrors(bytes)
            bytesSincePause += bytes.count
            if bytesSincePause > Self.errorBytesPerSecond {
                try? await time.sleep(.seconds(1))
                bytesSincePause = 0
            }
            await attempt { try await self.process.readMoreErrors() }
        }
        await log.endErrors()
    }

    /// Warns of a program that does not read the messages that wait for it, once each time.
    private func watchReading() async {
        var (last, isTold): (UInt64, Bool) = (0, false)
        while true {
            do { try await time.sleep(Self.readingTime) } catch { return }
            let (read, unread) = await process.inputProgress
            if read != last || unread == 0 {
                isTold = false
            } else if !isTold {
                isTold = true
                port.log.warning(
                    "the program has read nothing for \(Self.readingTime.plain): messages wait for it"
                )
            }
            last = read
        }
    }

    /// Closes the output of a program that has ended, if other processes hold it open.
    private func closeOutputSoon() async {
        try? await time.sleep(Self.outputGrace)
        await process.closeOutput()
    }

    /// Ends the program when the bus stops: first by closing its input, then by SIGTERM, then by
    /// SIGKILL.
    private func obeyStop() async {
        await port.stopping()
        if Task.isCancelled || !beginEnding() { return }
        let half = options.stopWithin / 2
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await self.time.sleep(half)) != nil }
            if !options.durable {
                // Messages from before the stop are handed over before it, too.
                group.addTask {
                    await self.port.caughtUp()
                    return false
                }
                let isHalfOver = await group.next() ?? true
                await endInput()
                if isHalfOver { return }
            } else {
                await endInput()
            }
            await group.waitForAll()
        }
        await forceEnd()
    }

    /// Ends a program that runs but has closed one of its streams, unless it is ending by itself.
    private func stopAfterStreamClosed(_ stream: String) async {
        do { try await time.sleep(Self.outputGrace) } catch { return }
        if await process.hasExited { return }
        guard beginEnding() else { return }
        port.log.warning(
            "the program has closed its standard \(stream) while running: stopping it")
        await endInput()
        do { try await time.sleep(options.stopWithin / 2) } catch { return }
        await forceEnd()
    }

    /// Returns true the first time; the caller that gets it ends the program.
    private func beginEnding() -> Bool {
        state.withLock { state in
            defer { state.isEnding = true }
            return !state.isEnding
        }
    }

    /// Sends SIGTERM to a program that has not ended in half of its time, and kills it when the
    /// rest is over.
    private func forceEnd() async {
        if Task.isCancelled { return }
        await process.signal(SIGTERM)
        do { try await time.sleep(options.stopWithin - options.stopWithin / 2) } catch {
            return
        }
        port.log.warning("the program has not ended within \(options.stopWithin.plain): killed")
        await process.signal(SIGKILL)
    }

    private func endInput() async {
        await process.endInput(with: options.format == .json ? ProgramLine.stop : [])
    }
}
