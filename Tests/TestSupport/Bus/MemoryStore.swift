import MessageBus
import Locking

/// A store whose disk is memory: what outlives the process outlives the store, and a test decides
/// when it is written and whether that works.
///
/// Safe from any thread.
package final class MemoryStore: MessageStore {
    /// The contents that are left after a crash.
    package struct Disk: Sendable {
        /// All that was kept, in order.
        package var messages: [Message] = []
        package var checkpoints: [String: [String: [UInt8]]] = [:]
        package var cursors: [DurableReader: MessageNumber] = [:]
        package var links: [DurableReader.Channel: [Link]] = [:]
        package var notes: [String] = []
        /// The numbers up to which messages were deleted for their age, by room.
        package var removed: [String: MessageNumber] = [:]
        /// The first number that is not reserved.
        package var next: MessageNumber = 1

        package init() {}
    }

    private struct State {
        var disk: Disk
        var committed: MessageNumber
        var pending: [@Sendable (inout Disk) -> Void] = []
        var promises: [PendingCommit] = []
        var taken: MessageNumber = 0
        var condition = StoreCondition.keepsUp
        var isHeld = false
        var reads = 0
        var observer: @Sendable () -> Void = {}
    }

    private let state: Locked<State>

    /// Opens what a store before it has left.
    package init(_ disk: Disk = Disk()) {
        let last = disk.messages.last?.number ?? 0
        state = Locked(State(disk: disk, committed: last, taken: last))
    }

    /// The contents that would be left after a crash now.
    package var disk: Disk { state.withLock { $0.disk } }

    /// Number of times that messages of a room were read.
    package var reads: Int { state.withLock { $0.reads } }

    /// True if nothing is written at present.
    package var isHeld: Bool { state.withLock { $0.isHeld } }

    /// Writes nothing until `release()`.
    package func hold() { state.withLock { $0.isHeld = true } }

    /// Writes what has waited, and all that comes.
    package func release() {
        state.withLock { $0.isHeld = false }
        write()
    }

    /// Says how it keeps up from now on.
    package func change(to condition: StoreCondition) {
        let observer = state.withLock { state in
            state.condition = condition
            return state.observer
        }
        observer()
    }

    /// Deletes the messages of a room up to a number, for their age.
    package func expire(_ room: String, through number: MessageNumber) {
        let observer = state.withLock { state in
            state.disk.messages.removeAll { $0.room == room && $0.number <= number }
            state.disk.removed[room] = number
            return state.observer
        }
        observer()
    }

    private func write() {
        let (promises, observer) = state.withLock {
            state -> ([PendingCommit], @Sendable () -> Void) in
            guard !state.isHeld else { return ([], {}) }
            for action in state.pending { action(&state.disk) }
            state.pending = []
            state.committed = state.taken
            defer { state.promises = [] }
            return (state.promises, state.observer)
        }
        for promise in promises { promise.fulfill(.success(())) }
        observer()
    }

    // MARK: - MessageStore

    package var outlivesProcess: Bool { true }

    package func reserve(_ count: Int) -> MessageNumber {
        state.withLock { state in
            defer { state.disk.next += count }
            return state.disk.next
        }
    }

    package func enqueue(_ batch: Batch, isOwed: Bool) {
        let all = (0..<batch.count).map { batch.arena.message(at: $0) }
        let dropped = Set(batch.drops.map(\.index))
        let passed = all.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
        guard let last = passed.last else { return }
        // Copied: the batch's memory is used again.
        let copies = passed.map { message in
            Message(
                header: message.header, sender: message.sender,
                body: message.body.withBytes { Body(copying: $0) }, room: message.room,
                details: message.details, uptime: 0)
        }
        state.withLock { state in
            state.taken = last.number
            state.pending.append { $0.messages += copies }
        }
    }

    package func enqueue(_ progress: BridgeProgress) -> PendingCommit {
        let promise = PendingCommit()
        state.withLock { state in
            state.promises.append(promise)
            state.pending.append { disk in
                for checkpoint in progress.checkpoints {
                    disk.checkpoints[progress.bridge, default: [:]][checkpoint.key] =
                        checkpoint.state.isEmpty ? nil : checkpoint.state
                }
                for (channel, link) in progress.links {
                    disk.links[channel, default: []].append(link)
                }
            }
        }
        return promise
    }

    package func enqueue(_ deletion: Deletion) -> PendingCommit {
        let promise = PendingCommit()
        state.withLock { state in
            state.promises.append(promise)
            state.pending.append { disk in
                disk.messages = disk.messages.map { message in
                    guard message.number == deletion.number else { return message }
                    var header = message.header
                    header.flags.insert(.deleted)
                    header.place(at: 0, count: 0)
                    return Message(
                        header: header, sender: message.sender, body: Body(""),
                        room: message.room,
                        details: MessageDetails(
                            origin: message.origin, deleter: deletion.deleter), uptime: 0)
                }
            }
        }
        return promise
    }

    package func endTurn() {
        if state.withLock({ !$0.pending.isEmpty }) { write() }
    }

    package var committed: MessageNumber { state.withLock { $0.committed } }
    package var expired: [String: MessageNumber] { state.withLock { $0.disk.removed } }
    package var condition: StoreCondition { state.withLock { $0.condition } }
    package func observe(_ observer: @escaping @Sendable () -> Void) {
        state.withLock { $0.observer = observer }
    }

    package func checkpoints(of bridge: String) async throws -> [String: [UInt8]] {
        try await settle()
        return state.withLock { $0.disk.checkpoints[bridge] ?? [:] }
    }

    package func cursor(of reader: DurableReader) async throws -> MessageNumber? {
        try await settle()
        return state.withLock { $0.disk.cursors[reader] }
    }

    package func advance(
        _ reader: DurableReader, to number: MessageNumber, links: [Link]
    ) async throws {
        try await change { disk in
            disk.cursors[reader] = max(number, disk.cursors[reader] ?? 0)
            disk.links[reader.channel, default: []] += links
        }
    }

    package func recordFailure(
        _ answer: String, to number: MessageNumber, of reader: DurableReader
    ) async throws {
        try await change { $0.notes.append("\(number) \(answer)") }
    }

    private func settle() async throws { try await change { _ in } }

    private func change(_ action: @escaping @Sendable (inout Disk) -> Void) async throws {
        let promise = PendingCommit()
        state.withLock { state in
            state.pending.append(action)
            state.promises.append(promise)
        }
        write()
        try await promise.wait()
    }

    // MARK: - Reading

    /// A few messages at a time, so that readers have to come back.
    private static let chunk = 50

    package func messages(
        in room: String, after number: MessageNumber, through last: MessageNumber, atMost count: Int
    ) -> StoredRun {
        state.withLock { state in
            state.reads += 1
            let all = state.disk.messages
            var (low, high) = (0, all.count)
            while low < high {
                let middle = (low + high) / 2
                if all[middle].number > number { high = middle } else { low = middle + 1 }
            }
            var found: [Message] = []
            for message in all[low...] {
                if message.number > last { break }
                if message.room != room { continue }
                if found.count == min(count, Self.chunk) {
                    return StoredRun(found, isComplete: false)
                }
                found.append(message)
            }
            return StoredRun(found, isComplete: true)
        }
    }

    package func extent(of room: String) -> StoredExtent {
        state.withLock { state in
            let removed = state.disk.removed[room] ?? 0
            let last = state.disk.messages.last { $0.room == room }?.number ?? 0
            return StoredExtent(last: max(last, removed), removed: removed)
        }
    }

    package func corrections(of numbers: [MessageNumber]) -> [MessageNumber: Message] {
        let wanted = Set(numbers)
        let found = disk.messages.compactMap { message in
            message.details?.corrected.map { ($0, message) }
        }
        return Dictionary(found.filter { wanted.contains($0.0) }) { $1 }
    }

    package func texts(in room: String, before number: MessageNumber, atMost count: Int)
        -> [Message]
    {
        let found = disk.messages.filter {
            $0.room == room && $0.number < number && ($0.kind == .message || $0.kind == .edit)
        }
        return found.suffix(count)
    }

    package func textNumbers(
        in room: String, before number: MessageNumber, atMost count: Int
    ) -> [MessageNumber] {
        texts(in: room, before: number, atMost: count).map(\.number)
    }

    package func countTexts(
        in room: String, after number: MessageNumber, through last: MessageNumber
    ) -> Int {
        disk.messages.count {
            $0.room == room && $0.number > number && $0.number <= last && $0.header.isSaid
        }
    }

    package func numbers(
        with words: SearchWords, in room: String, atMost count: Int
    ) -> [MessageNumber] { search(words, in: room, atMost: count).map(\.number) }

    /// A few at a time, so that readers have to come back.
    package func messages(numbered numbers: [MessageNumber]) -> StoredRun {
        let wanted = Set(numbers)
        let found = disk.messages.filter { wanted.contains($0.number) }
        return StoredRun(Array(found.prefix(3)), isComplete: found.count <= 3)
    }

    package func search(_ words: SearchWords, in room: String, atMost count: Int) -> [Message] {
        let found = texts(in: room, before: .max, atMost: .max).filter { message in
            words.phrases.allSatisfy { message.text.contains($0.text) }
        }
        return found.suffix(count)
    }

    package func message(numbered number: MessageNumber) -> Message? {
        disk.messages.first { $0.number == number }
    }

    package func numbers(of remoteID: String, in channel: DurableReader.Channel) -> [MessageNumber]
    {
        disk.links[channel]?.filter { $0.remoteID == remoteID }.map(\.number).sorted() ?? []
    }

    package func remoteIDs(of number: MessageNumber, in channel: DurableReader.Channel) -> [String]
    {
        disk.links[channel]?.filter { $0.number == number }.map(\.remoteID) ?? []
    }

    package func remoteID(of number: MessageNumber, in channel: DurableReader.Channel) -> String? {
        disk.links[channel]?.first { $0.number == number }?.remoteID
    }
}
