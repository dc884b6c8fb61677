import Chat
import Glibc
import JSON
import Locking
import MessageBus
import Sockets

/// A program under test, with the bus's side played for it.
///
/// Safe from any thread.
final class ProgramUnderTest: Sendable {
    private struct State {
        var can: Set<String>?
        var exit: ChildExit?
        var stray: String?
        var handedOver: Set<MessageNumber> = []
        /// Answers that wait until a message that is being written in pieces is complete; `nil`
        /// while none is being written so.
        var heldAnswers: [[UInt8]]?
        /// Number of answers that are being written.
        var answersUnderWay = 0
        /// True once all its output has been read.
        var isRead = false
        /// Number of times that something has changed.
        var changes = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    let store: StandInStore
    private let kit: Conformance
    private let process: ProgramProcess
    private let state = Locked(State())
    private let reading = Locked<Task<Void, Never>?>(nil)

    init(_ kit: Conformance, _ store: StandInStore) {
        self.kit = kit
        self.store = store
        process = ProgramProcess(on: kit.loop)
    }

    /// The capabilities that it declares.
    var can: Set<String> { state.withLock { $0.can ?? [] } }
    /// Its end; `nil` as long as it runs.
    var exit: ChildExit? { state.withLock { $0.exit } }

    // MARK: - Running

    /// Starts the program, and waits until it is ready.
    ///
    /// - Throws: `ConformanceFailure`; `SocketError` if it can't be run.
    func start() async throws {
        try await process.start(kit.command)
        reading.withLock { task in
            task = Task(executorPreference: LoopExecutor(self.kit.loop)) { await self.read() }
        }
        let checkpoints = store.now.checkpoints
        _ = await process.writeNow(
            ProgramLine.hello(
                name: "prueba", room: "general", rooms: ["general"], language: .es,
                checkpoints: checkpoints))
        let isReady = await wait(kit.deadlines.ready) { $0.state.withLock { $0.can != nil } }
        if isReady { return }
        if let exit { throw ConformanceFailure("it \(exit) before it was ready") }
        if let stray = state.withLock({ $0.stray }) {
            throw ConformanceFailure("its first line is not such a JSON object: \(stray)")
        }
        throw ConformanceFailure(
            "it has not said {\"type\":\"ready\"} within \(kit.deadlines.ready.plain); is its output"
                + " flushed after each line?")
    }

    /// Kills the program, and waits until all its output has been read.
    func kill() async {
        await process.signal(SIGKILL)
        _ = await wait(kit.deadlines.end) { $0.exit != nil }
        _ = await wait(kit.deadlines.silence) { $0.state.withLock { $0.isRead } }
        await process.closeOutput()
        await reading.withLock { $0 }?.value
        await process.kill()
    }

    private func read() async {
        async let errors: Void = readErrors()
        for await event in process.events {
            switch event {
            case .lines(let lines):
                for line in lines { await execute(line) }
                try? await process.readMore()
            case .outputClosed, .inputClosed: break
            case .exit(let exit):
                state.withLock { $0.exit = exit }
            }
            wake()
        }
        await errors
        state.withLock { $0.isRead = true }
        wake()
    }

    /// Shows the program's standard error to the user of the kit.
    private func readErrors() async {
        for await bytes in process.errors {
            _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
            try? await process.readMoreErrors()
        }
    }

    private func execute(_ line: ProgramProcess.Line) async {
        guard case .whole(let bytes) = line, let request = ProgramRequest(bytes) else {
            let bytes: [UInt8]
            switch line {
            case .whole(let whole): bytes = whole
            case .tooLong(let beginning): bytes = beginning
            }
            state.withLock { state in
                if state.stray == nil {
                    state.stray = String(decoding: bytes.prefix(80), as: UTF8.self)
                }
            }
            return
        }
        switch request {
        case .ready(let can): state.withLock { $0.can = Set(can) }
        case .say(let say):
            guard let number = store.say(say) else { return }
            await answer(ProgramLine.said(say.id, number, .pass))
        case .ack(let number, _):
            store.acknowledge(number, handedOver: state.withLock { $0.handedOver })
        case .wrongSay:
            state.withLock { state in
                if state.stray == nil { state.stray = "a say without a text" }
            }
        case .present, .whisper, .delete, .log, .unknown: break
        }
    }

    /// Writes an answer to a text of the program, unless it would come between the pieces of a
    /// message.
    private func answer(_ line: [UInt8]) async {
        let mayWrite = state.withLock { state in
            state.heldAnswers?.append(line)
            if state.heldAnswers == nil { state.answersUnderWay += 1 }
            return state.heldAnswers == nil
        }
        guard mayWrite else { return }
        _ = await process.writeNow(line)
        state.withLock { $0.answersUnderWay -= 1 }
        wake()
    }

    // MARK: - Its input

    /// Hands messages over as fast as the program reads them.
    ///
    /// - Throws: `ConformanceFailure` if it does not read them in time.
    func give(_ messages: [StandInStore.Given], joined: Bool = false) async throws {
        let lines = messages.map { Self.line(of: $0) }
        let parts = joined ? [lines.flatMap(\.self)] : lines
        for (index, part) in parts.enumerated() {
            let numbers = joined ? messages.map(\.number) : [messages[index].number]
            try await write(part) {
                self.state.withLock { $0.handedOver.formUnion(numbers) }
            }
        }
    }

    /// Hands a message over in pieces of a number of bytes.
    ///
    /// - Throws: `ConformanceFailure` if it does not read them in time.
    func give(_ message: StandInStore.Given, inPiecesOf count: Int) async throws {
        state.withLock { state in
            state.handedOver.insert(message.number)
            state.heldAnswers = []
        }
        _ = await wait(kit.deadlines.answer) { $0.state.withLock { $0.answersUnderWay == 0 } }
        let line = Self.line(of: message)
        for start in stride(from: 0, to: line.count, by: count) {
            try await write(Array(line[start..<min(start + count, line.count)]))
            // This lets the program read each piece by itself.
            try? await kit.time.sleep(.milliseconds(1))
        }
        let held = state.withLock { state in
            defer { state.heldAnswers = nil }
            return state.heldAnswers ?? []
        }
        for line in held { await answer(line) }
    }

    /// Writes bytes.
    ///
    /// - Throws: `ConformanceFailure` if it does not read in time.
    func write(_ bytes: [UInt8], before: @escaping @Sendable () -> Void = {}) async throws {
        let isWritten = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.process.write(bytes, before: before) }
            group.addTask {
                try? await self.kit.time.sleep(self.kit.deadlines.answers)
                return false
            }
            let isWritten = await group.next() ?? false
            group.cancelAll()
            await self.process.wakeWriters()
            return isWritten
        }
        if isWritten { return }
        if let exit { throw ConformanceFailure("it \(exit) although it was not told to stop") }
        throw ConformanceFailure("it reads nothing for \(kit.deadlines.answers.plain)")
    }

    /// Tells the program to stop, and ends its input.
    func stop() async { await process.endInput(with: ProgramLine.stop) }

    /// Sends the program a signal.
    func signal(_ number: Int32) async { await process.signal(number) }

    private static func line(of given: StandInStore.Given) -> [UInt8] {
        ProgramLine.message(
            number: given.number, text: given.text, room: "general", from: "ana", bridge: "chat")
    }

    // MARK: - Waiting

    /// Waits until a condition is true; returns whether that happened in time.
    ///
    /// A cancelled task counts as out of time.
    func wait(
        _ deadline: Duration, for isTrue: @escaping @Sendable (ProgramUnderTest) -> Bool
    ) async -> Bool {
        // The timer alone decides that time is up: a clock that is read here may find a little time
        // left, and then nobody would wake this task again.
        let isOver = Locked(false)
        let timer = Task(executorPreference: LoopExecutor(kit.loop)) { [kit] in
            try? await kit.time.sleep(deadline)
            isOver.withLock { $0 = true }
            self.wake()
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            while true {
                let (seen, isRead) = state.withLock { ($0.changes, $0.isRead) }
                let isLast = isRead || isOver.withLock { $0 }
                if isTrue(self) { return true }
                if isLast { return false }
                await change(after: seen)
            }
        } onCancel: {
            timer.cancel()
        }
    }

    /// Waits until more has changed than a number of changes.
    private func change(after seen: Int) async {
        await withCheckedContinuation { continuation in
            let hasChanged = state.withLock { state in
                if state.changes == seen { state.waiters.append(continuation) }
                return state.changes != seen
            }
            if hasChanged { continuation.resume() }
        }
    }

    private func wake() {
        let waiters = state.withLock { state in
            state.changes += 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
