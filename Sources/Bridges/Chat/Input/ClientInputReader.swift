import MessageBus
import Sockets

/// The incoming half of a connection: what the client sends, acted on event by event in slices of
/// time.
///
/// One question is asked at a time; until its answer comes the next events wait, and nothing more
/// is read. Owned by its client; confined to the bus's loop.
package final class ClientInputReader<Client: InputClient>: EventHandler, ScheduledInput,
    @unchecked Sendable  // touched on the loop only
{
    /// The client, which its server keeps while the stream is open; not to be used otherwise.
    private unowned let client: Client
    private let stream: RoomStream<Client.Form>
    private let scheduler: InputScheduler
    private let loop: EventLoop
    private let bus: Bus
    private let throttledLog: ThrottledLog
    private var input: Client.Input
    package var inputState = InputScheduler.State()
    private lazy var query = PendingQuery(on: loop, bus: bus)
    private var isServing = false
    /// True while events wait for an answer.
    package private(set) var isAsking = false
    /// True while events wait for something else, and nothing more is read.
    package private(set) var isHeld = false
    /// True while nothing more is read; events that have come are acted on.
    private var isPaused = false

    /// Bytes of one read.
    private static var readSize: Int { 16 << 10 }

    /// Makes the incoming half of a client's connection, of which nothing is read before `begin`.
    ///
    /// - Parameters:
    ///   - input: what is taken apart, still empty.
    ///   - scheduler: the order of the server's connections.
    ///   - throttledLog: is told of questions without an answer.
    package init(
        _ input: Client.Input, of client: Client, on loop: EventLoop, _ bus: Bus,
        _ scheduler: InputScheduler, _ throttledLog: ThrottledLog
    ) {
        self.input = input
        self.client = client
        self.loop = loop
        self.bus = bus
        self.scheduler = scheduler
        self.throttledLog = throttledLog
        stream = client.stream
        stream.onRoom = { [unowned self] in self.scheduler.enqueue(self) }
    }

    /// Begins with the bytes that came behind the handshake.
    package func begin(_ received: [UInt8]) {
        unsafe received.withUnsafeBytes { input.append($0) }
        scheduler.serve(self)
        stream.updateInterest()
    }

    // MARK: - Reading

    package func handle(_ ready: Readiness) {
        loop.assertOwned()
        if ready.contains(.writable) { stream.sendPending() }
        let isBroken = !ready.isDisjoint(with: [.failed, .hungUp])
        if mayRead, isBroken || ready.contains(.readable) {
            // What came before the end is found first, and then the end.
            scheduler.serve(self)
        } else if isBroken, stream.isOpen {
            bus.assumeIsolated { stream.close($0) }
        }
    }

    private var mayRead: Bool { stream.isOpen && stream.isRead && !stream.isFull }

    /// Goes on with the events that have come, or else reads more.
    package func continueInput() {
        bus.assumeIsolated { bus in
            if input.hasMore {
                serveNext(bus)
            } else if mayRead {
                receive(bus)
            }
        }
    }

    private func receive(_ bus: isolated Bus) {
        let client = client
        guard client.mayBeRead(bus) else {
            isPaused = true
            stream.isRead = false
            return
        }
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 16) { buffer in
            switch stream.connection.receive(into: buffer) {
            case .bytes(let count):
                inputState.recordRead(count)
                input.append(buffer.part(..<count))
                client.recordRead()
            case .wouldBlock: return
            case .end, .failed: return stream.close(bus)
            }
        }
        serveNext(bus)
    }

    /// Reads on if the client may be read again.
    package func continueAfterPause(_ bus: isolated Bus) {
        guard stream.isOpen, isPaused else { return }
        isPaused = !client.mayBeRead(bus)
        serveNext(bus)
    }

    // MARK: - Acting

    /// Acts on the events that wait, until one has to ask, the answers are too many, or the slice
    /// is over; when the server stops, on as many as need not ask, or on none.
    private func serveNext(_ bus: isolated Bus) {
        guard !isServing, stream.isOpen else { return }
        let client = client
        isServing = true
        defer { isServing = false }
        do throws(WebSocketViolation) {
            while mayServe, client.isStopping || !stream.isFull, let event = try input.next() {
                client.apply(event, bus)
                if !client.isStopping, scheduler.isSliceOver { break }
            }
        } catch {
            client.close(dueTo: error, bus)
        }
        guard stream.isOpen else { return }
        stream.isRead =
            !isAsking && !isHeld && !isPaused && !stream.isEnding && !client.isStopping
            && !input.hasMore
        // The loop reports only what the kernel has.
        if mayServe, !stream.isFull,
            input.hasMore || stream.isRead && stream.connection.hasHeldInput
        {
            scheduler.enqueue(self)
        }
    }

    private var mayServe: Bool {
        !isAsking && !isHeld && stream.isOpen && !stream.isEnding
            && (Client.isServedWhileStopping || !client.isStopping)
    }

    /// Lets events wait until `release`, and reads nothing more.
    package func hold() { isHeld = true }

    /// Goes on with the events that have waited since `hold`.
    package func release(_ bus: isolated Bus) {
        isHeld = false
        serveNext(bus)
    }

    // MARK: - Questions

    /// Asks somebody who answers later.
    func ask<Answer: Sendable>(
        within timeout: Duration, _ question: (_ then: @escaping (Answer) -> Void) -> Void,
        then finish: @escaping @Sendable (Answer?, isolated Bus) -> Void
    ) {
        beginQuestion()
        query.ask(within: timeout, question) { [self] result, bus in
            endQuestion(try? result.get(), finish, bus)
        }
    }

    /// Asks the bus or the store.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (isolated Bus) async throws -> Answer,
        then finish: @escaping @Sendable (Answer?, isolated Bus) -> Void
    ) {
        beginQuestion()
        query.start(question) { [self] result, bus in
            if case .failure(let error) = result {
                throttledLog.warning(
                    cause: "no answer: \(error)",
                    "earlier messages can't be read: \(error); people who ask are told")
            }
            endQuestion(try? result.get(), finish, bus)
        }
    }

    /// Lets events wait for something until `endQuestion`, and reads nothing more.
    package func beginQuestion() {
        loop.assertOwned()
        isAsking = true
        stream.isRead = false
    }

    /// Answers what events have waited for, and goes on with them unless the next question is
    /// asked.
    package func endQuestion<Answer>(
        _ answer: Answer, _ finish: (Answer, isolated Bus) -> Void, _ bus: isolated Bus
    ) {
        guard stream.isOpen else { return }
        let client = client
        guard client.takesAnswers else { return }
        isAsking = false
        finish(answer, bus)
        if !isAsking { client.endResponse() }
        serveNext(bus)
    }

    // MARK: - The end

    /// Reads nothing any more: the server stops.
    package func stop(_ bus: isolated Bus) {
        loop.assertOwned()
        query.cancel()
        if !Client.isServedWhileStopping {
            input.removeAll()
        } else {
            isAsking = false
            if stream.isOpen, stream.connection.hasHeldInput, client.mayBeRead(bus) {
                receive(bus)
            } else {
                serveNext(bus)
            }
        }
        stream.isRead = false
    }

    /// Forgets the events that wait.
    package func removeAll() { input.removeAll() }

    /// Forgets the events and the question that wait: the connection is closed.
    package func end() {
        query.cancel()
        input.removeAll()
    }
}
