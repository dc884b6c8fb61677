import Glibc
import MessageBus

/// Answers questions about what is kept, on a thread and a connection of its own.
///
/// Safe from any thread.
final class StoreReader: Sendable {
    typealias Question = @Sendable (Opening) -> Void

    /// The connection that questions are answered by.
    ///
    /// Confined to the reader's thread.
    final class Opening {
        private let path: String
        private let make: (Database) -> StoredMessages
        private var current: (messages: StoredMessages, generation: UInt64)?
        private let generation: () -> UInt64
        private var tail: SearchTail?

        init(
            _ path: String, generation: @escaping () -> UInt64,
            make: @escaping (Database) -> StoredMessages
        ) {
            self.path = path
            self.generation = generation
            self.make = make
        }

        /// The newest texts of a room that hold all the words.
        func search(
            _ words: SearchWords, in room: String, atMost count: Int
        ) throws(StoreError) -> [Message] {
            try readWithTail { messages, tail throws(StoreError) in
                try messages.search(words, in: room, atMost: count, tail: tail)
            }
        }

        /// The numbers of those texts, rising.
        func numbers(
            with words: SearchWords, in room: String, atMost count: Int
        ) throws(StoreError) -> [UInt64] {
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

        /// Calls a function with the stored messages, by a connection to the file as it is now.
        func read<Value>(
            _ body: (StoredMessages) throws(StoreError) -> Value
        ) throws(StoreError) -> Value {
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
                // Whatever it was: the next question gets a new connection.
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
    /// Questions that may wait; more than that many people do not ask at once.
    private static let bound = 10_000

    /// Asks something.
    ///
    /// - Throws: `StoreError`, `StoreClosed`, `CancellationError`.
    func ask<Value: Sendable>(
        _ question: @escaping @Sendable (StoredMessages) throws(StoreError) -> Value
    ) async throws -> Value {
        try await ask(opening: { (opening: Opening) throws(StoreError) in
            try opening.read(question)
        })
    }

    /// Asks something for which more than the stored messages is needed.
    func ask<Value: Sendable>(
        opening question: @escaping @Sendable (Opening) throws(StoreError) -> Value
    ) async throws -> Value {
        let answer = Promise<Value>()
        let hasRoom = monitor.withLock { state in
            guard !state.isClosed, state.questions.count < Self.bound else { return false }
            state.questions.append { opening in
                do throws(StoreError) {
                    answer.give(.success(try question(opening)))
                } catch {
                    answer.give(.failure(error))
                }
            }
            return true
        }
        guard hasRoom else { throw StoreClosed() }
        monitor.wake()
        return try await answer.wait()
    }

    /// Answers until it is closed.
    ///
    /// On a thread of its own.
    func run(_ make: () -> Opening) {
        answer(make())
        monitor.withLock { $0.isDone = true }
        monitor.wake()
    }

    /// The connection is closed when this returns.
    private func answer(_ opening: Opening) {
        while let questions = next() {
            for question in questions { question(opening) }
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

    /// Answers what was asked, and nothing more.
    ///
    /// Returns when its connection is closed, or after a second.
    func close() {
        monitor.withLock { $0.isClosed = true }
        monitor.wake()
        let deadline = monotonicNow() + 1_000_000_000
        monitor.wait { state in
            state.isDone || monotonicNow() >= deadline ? .done(()) : .sleep(until: deadline)
        }
    }
}
