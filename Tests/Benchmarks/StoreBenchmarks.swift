import AllocationCounter
import Glibc
import MessageBus
import Sockets
import Store
import TestSupport

extension [Benchmark] {
    /// The cost of the store, on all its threads; a commit waits for the disk, which costs no
    /// processor time.
    static func stores() -> [Benchmark] {
        let files = StoreFiles()
        return [
            keeping(
                "store, take and commit, a client's read at a time", Samples.framedBatch(), files),
            keeping("store, take and commit, 1 at a time", Samples.batch(count: 1), files),
            reading(files), searching(files),
        ]
    }

    /// Allocations are those of the thread that hands over.
    private static func keeping(_ name: String, _ batch: Batch, _ files: StoreFiles) -> Benchmark {
        Benchmark(name, lines: batch.count) { times in
            let store = try files.keeper()
            var allocations: UInt64 = 0
            for turn in 1...times {
                let first = store.reserve(batch.count)
                let before = allocation_count()
                batch.arena.number(from: first, time: 0)
                store.enqueue(batch, isOwed: false)
                store.endTurn()
                allocations += allocation_count() - before
                // As a bus does: no more than may wait.
                if turn % 64 == 0 || turn == times { try await store.settle() }
            }
            return allocations
        }
    }

    private static func reading(_ files: StoreFiles) -> Benchmark {
        let count = 256
        return Benchmark("store, read 256 at a time", lines: count) { times in
            let store = try await files.filled()
            for _ in 0..<times {
                _ = try await store.messages(
                    in: "general", after: 1_000, through: .max, atMost: count)
            }
            return 0
        }
    }

    private static func searching(_ files: StoreFiles) -> Benchmark {
        Benchmark("store, one search of a word that all \(StoreFiles.messages) hold", lines: 1) {
            times in
            let store = try await files.filled()
            guard let phrases = SearchWords("bonito") else { return 0 }
            for _ in 0..<times { _ = try await store.search(phrases, in: "general", atMost: 20) }
            return 0
        }
    }
}

extension SQLiteStore {
    /// Returns when all that was handed over is committed.
    fileprivate func settle() async throws {
        let commit = enqueue(BridgeProgress(bridge: "benchmark", checkpoints: []))
        endTurn()
        try await commit.wait()
    }
}

/// Stores in a folder that goes with the process.
///
/// Confined to the main task.
private final class StoreFiles {
    /// Messages in the one that is read.
    static let messages = 100_000
    private let path: String
    private var keeping: SQLiteStore?
    private var reading: SQLiteStore?

    init() {
        var template = Array("/tmp/puente-benchmark-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
    }

    deinit {
        for name in ["keeping", "reading"] {
            for ending in ["", "-wal", "-shm", ".lock"] { unlink("\(path)/\(name)\(ending)") }
        }
        rmdir(path)
    }

    /// A store to write to.
    func keeper() throws -> SQLiteStore {
        if let keeping { return keeping }
        let store = make("keeping")
        try store.open()
        keeping = store
        return store
    }

    /// A store to read from.
    func filled() async throws -> SQLiteStore {
        if let reading { return reading }
        var store = make("reading")
        try store.open()
        let batch = Samples.batch(count: 1_000)
        for _ in 0..<Self.messages / 1_000 {
            let first = store.reserve(1_000)
            batch.arena.number(from: first, time: SystemClock().wall())
            store.enqueue(batch, isOwed: false)
            try await store.settle()
        }
        // Closing brings the index up to date.
        await store.close(unused: nil, within: .seconds(60))
        store = make("reading")
        try store.open()
        reading = store
        return store
    }

    private func make(_ name: String) -> SQLiteStore {
        let clock = SystemClock()
        return SQLiteStore(
            "\(path)/\(name)",
            SQLiteStore.Options(backlog: 64 << 20, history: .seconds(90 * 86_400)),
            fold: { $0.lowercased() },
            clock: clock, log: .silent,
            startThread: DedicatedThread.start)
    }
}
