import Glibc
import Locking
import MessageBus
import TimeUnits

/// A reader of stored messages, with a thread and a connection of its own.
///
/// Safe from any thread.
final class StoreReader: Sendable {
    typealias Question = @Sendable (ReadConnection) -> Void

    /// The connection that answers questions.
    ///
    /// Confined to the reader's thread.
    final class ReadConnection {
        private let path: String
        private let make: (Database) -> StoredMessages
        private var current: (messages: StoredMessages, generation: UInt64)?
        private let generation: () -> UInt64
        private var tail: SearchTail?
        private let confinement = ThreadConfinement()

        init(
            _ path: String, generation: @escaping () -> UInt64,
            make: @escaping (Database) -> StoredMessages
        ) {
            self.path = path
            self.generation = generation
            self.make = make
        }

        /// Returns the newest texts of a room that contain all the words.
        func search(
            _ words: SearchWords, in room: String, atMost count: Int
        ) throws(StoreError) -> [Message] {
            try readWithTail { messages, tail throws(StoreError) in
                try messages.search(words, in: room, atMost: count, tail: tail)
            }
        }

        /// Returns the numbers of those texts, rising.
        func numbers(
            with words: SearchWords, in room: String, atMost count: Int
        ) throws(StoreError) -> [MessageNumber] {
            try readWithTail { messages, tail throws(StoreError) in
                try messages.numbers(with: words, in: room, atMost: count, tail: tail)
            }
        }

        private func readWithTail<Value>(
            _ body: (StoredMessages, SearchTail) throws(StoreError) -> Value
        ) throws(StoreError) -> Value {
            try read { messages throws(StoreError) in
                let tail: SearchTail
                if let known = self.tail { tail = known } else { tail = try SearchTail() }
                self.tail = tail
                return try body(messages, tail)
            }
        }

        /// Confines the connection to the calling thread.
        fileprivate func claim() { confinement.claim() }

        /// Calls a function with the stored messages; opens the file again if it was replaced.
        func read<Value>(
            _ body: (StoredMessages) throws(StoreError) -> Value
        ) throws(StoreError) -> Value {
            confinement.assertOwned()
            let generation = generation()
            if current?.generation != generation {
                current = nil
                tail = nil
                let database = try Database(path, .read)
                if try Schema.check(database) == 0 {
                    throw StoreError(path, "nothing has been kept here yet")
                }
                current = (make(database), generation)
            }
            guard let current else { throw StoreError(path, "it can't be opened") }
            do throws(StoreError) {
                return try body(current.messages)
            } catch {
                // Whatever failed, the next question gets a new connection.
                self.current = nil
                tail = nil
                throw error
            }
        }
    }

    private struct State {
        var questions: [Question] = []
        var isClosed = false
        var isDone = false
    }

    private let monitor = Monitor(State())
    /// The most questions that may wait.
    private static let bound = 10_000
    /// The time that closing waits for the thread.
    private static let closingTime: Duration = .seconds(1)

    /// Asks a question about the stored messages.
    ///
    /// - Throws: `StoreError`, `StoreClosed`, `CancellationError`.
    func ask<Value: Sendable>(
        _ question: @escaping @Sendable (StoredMessages) throws(StoreError) -> Value
    ) async throws -> Value {
        try await ask(connection: { (connection: ReadConnection) throws(StoreError) in
            try connection.read(question)
        })
    }

    /// Asks a question that needs the whole connection.
    func ask<Value: Sendable>(
        connection question: @escaping @Sendable (ReadConnection) throws(StoreError) -> Value
    ) async throws -> Value {
        let answer = Promise<Value>()
        let hasCapacity = monitor.withLock { state in
            guard !state.isClosed, state.questions.count < Self.bound else { return false }
            state.questions.append { connection in
                do throws(StoreError) {
                    answer.fulfill(.success(try question(connection)))
                } catch {
                    answer.fulfill(.failure(error))
                }
            }
            return true
        }
        guard hasCapacity else { throw StoreClosed() }
        monitor.wake()
        return try await answer.wait()
    }

    /// Answers questions until `close()`.
    ///
    /// Blocks its thread.
    func run(_ make: () -> ReadConnection) {
        answer(make())
        monitor.withLock { $0.isDone = true }
        monitor.wake()
    }

    /// Answers questions; the connection is closed when this returns.
    private func answer(_ connection: ReadConnection) {
        connection.claim()
        while let questions = next() {
            for question in questions { question(connection) }
        }
    }

    private func next() -> [Question]? {
        monitor.wait { state in
            if !state.questions.isEmpty {
                defer { state.questions = [] }
                return .done(state.questions)
            }
            return state.isClosed ? .done(nil) : .sleep(until: nil)
        }
    }

    /// Takes no more questions; those already asked are answered.
    ///
    /// Returns when the connection is closed, or after a second.
    func close() {
        monitor.withLock { $0.isClosed = true }
        monitor.wake()
        let deadline = KernelClock.monotonic + Self.closingTime
        monitor.wait { state in
            state.isDone || KernelClock.monotonic >= deadline ? .done(()) : .sleep(until: deadline)
        }
    }
}
