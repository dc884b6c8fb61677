import Glibc
import MessageBus
import TestSupport
import Testing

@testable import Store

@Suite(.timeLimit(.minutes(10))) struct CheckpointerTests {
    private let folder = StoreFolder()

    private var logBytes: Int64 {
        var status = stat()
        return stat(folder.file + "-wal", &status) == 0 ? Int64(status.st_size) : 0
    }

    @Test func `the log beside the file begins anew while messages come without a pause`()
        async throws
    {
        let store = try SQLiteStore.open(folder.file)
        let texts = Array(repeating: String(repeating: "x", count: 4_000), count: 250)
        var unchanged = 0
        var turns = 0
        // Until then each turn adds a megabyte to it.
        while unchanged < 5 {
            let before = logBytes
            try await store.keep(texts)
            unchanged = logBytes == before ? unchanged + 1 : 0
            turns += 1
        }
        // How early depends on the threads: a commit that follows late finds all pages moved, and
        // then SQLite restarts a short log, too. So the turns are not counted here.
        #expect(try await store.all().count == turns * texts.count)
        await store.close()
        #expect(logBytes == 0)
    }

    @Test func `the log beside the file stays short while only accounts are written`() async throws
    {
        let store = try SQLiteStore.open(folder.file)
        let accounts = SQLiteAccountStore(besideStoreAt: folder.file)
        for number in UInt8(0)..<100 {
            for other in UInt8(0)..<30 {
                let tries = StoredAttempts(
                    counter: [number, other], failures: [1], delay: .zero, until: 0, used: 1)
                try accounts.save([tries], forgetting: [])
            }
        }
        // SQLite moves pages from 1,000 on: 4 MiB; without that it would be several times as long.
        #expect(logBytes < 8 << 20)
        accounts.close()
        await store.close()
    }

    @Test func `the writer moves the remainder only if it is small or far too large`() throws {
        let connection = try WriteConnection(folder.file)
        let checkpointer = Checkpointer()
        // Without a connection the writer does it all.
        #expect(!checkpointer.recordLog(pages: 3_999))
        #expect(checkpointer.recordLog(pages: 4_000))
        checkpointer.open(connection)
        #expect(!checkpointer.recordLog(pages: 5_000))
        checkpointer.recordMoved(4_800)
        #expect(checkpointer.recordLog(pages: 5_010))
        checkpointer.recordMoved(5_010)
        // A reader prevents the restart: not tried at each commit.
        #expect(!checkpointer.recordLog(pages: 5_020))
        #expect(checkpointer.recordLog(pages: 5_260))
        checkpointer.recordMoved(nil)
        #expect(!checkpointer.recordLog(pages: 20_000))
        #expect(checkpointer.recordLog(pages: 32_000))
        // The log was restarted.
        #expect(!checkpointer.recordLog(pages: 10))
        checkpointer.close()
    }
}
