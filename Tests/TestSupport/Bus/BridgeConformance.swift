import Locking
import MessageBus
import Sockets

/// Checks that a bridge keeps its side of the contract: that it becomes ready, reads on however
/// much is said, ends when the bus stops and when it is cancelled, and can be run again; and, where
/// the test has the other side in its hand, that what is said there comes once and in order.
///
/// A test makes one with a function that makes the bridge, and expects no problem:
/// `#expect(try await BridgeConformance { Shout($0) }.problems() == [])`.
package struct BridgeConformance: Sendable {
    /// The other side of a bridge.
    package struct OtherSide: Sendable {
        /// Says a text there.
        let say: @Sendable (String) async throws -> Void
        /// Closes it, after the last run.
        let close: @Sendable () async -> Void

        /// Makes another side.
        package init(
            say: @escaping @Sendable (String) async throws -> Void,
            close: @escaping @Sendable () async -> Void = {}
        ) {
            self.say = say
            self.close = close
        }
    }

    /// A bridge, and its other side if the test has that.
    package struct Subject: Sendable {
        let bridge: any Bridge
        let otherSide: OtherSide?

        /// Makes a subject.
        package init(_ bridge: any Bridge, _ otherSide: OtherSide? = nil) {
            self.bridge = bridge
            self.otherSide = otherSide
        }
    }

    /// Messages of the flood: more than a room keeps for those who are late.
    private static let flooding = 3_000
    /// Messages that the other side says.
    private static let said = 100

    private let store: @Sendable () -> any MessageStore
    private let make: @Sendable (Context) async throws -> Subject

    /// Makes the checks of a bridge.
    ///
    /// - Parameters:
    ///   - store: makes the store of the bus.
    ///   - make: makes the bridge anew for each check, with the context of that check's bus.
    package init(
        store: @escaping @Sendable () -> any MessageStore = { VolatileStore() },
        _ make: @escaping @Sendable (Context) async throws -> Subject
    ) {
        self.store = store
        self.make = make
    }

    /// Returns what a bridge does wrong, in sentences.
    package func problems() async throws -> [String] {
        var problems: [String] = []
        let checks: [(String, @Sendable (Trial) async throws -> Void)] = [
            ("ends when the bus stops", { try await $0.stop() }),
            ("ends when it is cancelled", { try await $0.cancel() }),
            ("can be run again", { try await $0.runAgain() }),
            ("endures a flood", { try await $0.flood(Self.flooding) }),
            ("brings in what is said, once and in order", { try await $0.listen(Self.said) }),
        ]
        for (name, check) in checks {
            do {
                let trial = try await Trial(store: store(), make: make)
                try await Self.withPatience { try await check(trial) }
                await trial.finish()
            } catch {
                problems.append("\(name): \(error)")
            }
        }
        return problems
    }

    /// Runs a check, which fails if it takes too long.
    private static func withPatience(
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: Patience.limit)
                throw BridgeError("it has not done that within \(Patience.limit.plain)")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// A bridge on a bus of its own.
///
/// Safe from any thread.
private final class Trial: Sendable {
    private let test: TestBus
    private let port: Port
    private let other: Port
    private let subject: BridgeConformance.Subject
    private let run = Locked<Task<Void, any Error>?>(nil)

    init(
        store: any MessageStore,
        make: @Sendable (Context) async throws -> BridgeConformance.Subject
    ) async throws {
        test = try TestBus(language: .en, store: store)
        other = await test.port("other")
        port = await test.port("subject")
        subject = try await make(test.context().named("subject"))
    }

    /// Starts a run, and returns when it is ready.
    private func start() async throws {
        await test.bus.begin(port.attachment)
        let isOver = Locked(false)
        let task = Task { [self] in
            defer { isOver.withLock { $0 = true } }
            try await test.run(subject.bridge, on: port)
        }
        run.withLock { $0 = task }
        while await !test.bus.isReady(port.attachment) {
            try Task.checkCancellation()
            if isOver.withLock({ $0 }) {
                try await task.value
                throw BridgeError("it has ended without being ready")
            }
            await test.settle()
        }
    }

    private func end() async throws {
        try await run.withLock { $0 }?.value
    }

    func stop() async throws {
        try await start()
        test.stop()
        try await end()
    }

    func cancel() async throws {
        try await start()
        run.withLock { $0 }?.cancel()
        do { try await end() } catch is CancellationError {}
    }

    func runAgain() async throws {
        for _ in 0..<2 {
            try await start()
            run.withLock { $0 }?.cancel()
            do { try await end() } catch is CancellationError {}
        }
    }

    func flood(_ count: Int) async throws {
        try await start()
        for start in stride(from: 0, to: count, by: 500) {
            try await other.publish((start..<start + 500).map { Draft("flood \($0)", from: "ana") })
        }
        guard await test.bus.isReady(port.attachment) else {
            throw BridgeError("it is not ready any more")
        }
        test.stop()
        try await end()
    }

    func listen(_ count: Int) async throws {
        guard let otherSide = subject.otherSide else { return }
        try await start()
        var messages = other.messages.makeAsyncIterator()
        let expected = (0..<count).map { "dicho \($0)" }
        for text in expected { try await otherSide.say(text) }
        var heard: [String] = []
        while heard.count < count, let message = await messages.next() {
            if message.sender.bridge == port.name, message.kind == .message {
                heard.append(message.text)
            }
        }
        test.stop()
        try await end()
        while let message = await messages.next() { heard.append(message.text) }
        if heard != expected {
            throw BridgeError("it has brought in \(heard) for \(expected)")
        }
    }

    /// Ends whatever still runs.
    func finish() async {
        run.withLock { $0 }?.cancel()
        test.stop()
        _ = await run.withLock { $0 }?.result
        await subject.otherSide?.close()
    }
}
