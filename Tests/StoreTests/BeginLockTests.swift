import Locking
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Store

/// Several who write one file.
@Suite(.timeLimit(.minutes(10))) struct BeginLockTests {
    private let folder = StoreFolder()

    /// Writes transactions without a break until told, on a thread of its own.
    private func writeWithoutBreak(
        _ beginLock: BeginLock, count: @escaping @Sendable () -> Void,
        until isDone: @escaping @Sendable () -> Bool
    ) async throws {
        try await DedicatedThread.run(named: "writer") { [folder] in
            Result {
                let connection = try WriteConnection(folder.file, beginLock: beginLock)
                while !isDone() {
                    try connection.database.transaction { () throws(StoreError) in
                        for number in Int64(0)..<100 { try connection.set("indexed", number) }
                    }
                    count()
                }
            }
        }.get()
    }

    @Test func `who writes without a break lets another connection in`() async throws {
        // Makes the tables.
        _ = try WriteConnection(folder.file)
        let beginLock = BeginLock()
        let isDone = Locked(false)
        let count = Locked(0)
        async let writing: Void = writeWithoutBreak(beginLock) {
            count.withLock { $0 += 1 }
        } until: {
            isDone.withLock { $0 }
        }
        defer { isDone.withLock { $0 = true } }
        await pollUntil { count.withLock({ $0 }) != 0 }
        let accounts = SQLiteAccountStore(besideStoreAt: folder.file, beginLock: beginLock)
        // Each waits for a transaction at most, and each would otherwise have to be lucky.
        for number in UInt8(0)..<20 {
            let tries = StoredAttempts(
                counter: [number], failures: [1], delay: .zero, until: 0, used: 1)
            try accounts.save([tries], forgetting: [])
        }
        isDone.withLock { $0 = true }
        try await writing
    }

    @Test func `a store that writes without a break lets another program in`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let isDone = Locked(false)
        let flooding = Task {
            let texts = (0..<20_000).map { "line \($0)" }
            while !isDone.withLock({ $0 }) {
                let first = store.reserve(texts.count)
                let messages = texts.enumerated().map { offset, text in
                    Message.make(text, room: "general", number: first + offset)
                }
                store.enqueue(Batch.make(messages), isOwed: false)
                let commit = store.enqueue(BridgeProgress(bridge: "test", checkpoints: []))
                store.endTurn()
                // So much waits that the next batch is made before it is written.
                if store.report.backlogBytes > 16 << 20 { try await commit.wait() }
            }
        }
        // As the command line does, which knows nothing of the daemon's connections.
        let other = try SQLiteAccountStore.open(folder.file, createsFile: false)
        for number in UInt8(0)..<10 {
            await pollUntil { store.report.backlogBytes != 0 }
            let tries = StoredAttempts(
                counter: [number], failures: [1], delay: .zero, until: 0, used: 1)
            try other.save([tries], forgetting: [])
        }
        isDone.withLock { $0 = true }
        try await flooding.value
        other.close()
        await store.close()
    }

    // MARK: - The end

    @Test func `a store that is closed has as long as it goes on writing`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let texts = (0..<60_000).map { "line \($0)" }
        let first = store.reserve(texts.count)
        let messages = texts.enumerated().map { offset, text in
            Message.make(text, room: "general", number: first + offset)
        }
        for start in stride(from: 0, to: messages.count, by: 1_000) {
            store.enqueue(Batch.make(Array(messages[start..<start + 1_000])), isOwed: false)
            store.endTurn()
        }
        let lost = await store.close(unused: nil, within: .seconds(1)) { _ in
            // A second is over when something was written.
            let before = store.report.backlogBytes
            if before == 0 { try await AsyncSignal().wait() }
            await pollUntil { store.report.backlogBytes != before }
            try Task.checkCancellation()
        }
        #expect(lost == 0)
        #expect(try Archive(folder.file).newestNumber() == first + (texts.count - 1))
    }

    @Test func `a store that can't write is not waited for, and says what is lost`() async throws {
        let log = LogRecorder()
        let store = try SQLiteStore.open(folder.file, log: log.log)
        try await store.keep(["uno"])
        let other = try Database(folder.file, .companion)
        try other.execute("BEGIN IMMEDIATE")
        let first = store.reserve(3)
        store.enqueue(
            Batch.make((0..<3).map { Message.make("x", room: "general", number: first + $0) }),
            isOwed: false)
        store.endTurn()
        #expect(await store.close(unused: nil, within: .seconds(1)) { _ in } == 3)
        // Who of the two sees first that nothing can be written: the time limit, or the store's
        // thread.
        let losses = [
            "it did not close in time; up to 3 messages are lost", "3 messages could not be stored",
        ]
        #expect(log.sentences.contains { sentence in losses.contains(where: sentence.hasSuffix) })
        try other.execute("ROLLBACK")
    }
}
