import Glibc
import MessageBus
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
        // As long as it does not, each turn adds a megabyte to it.
        while unchanged < 5 {
            let before = logBytes
            try await store.keep(texts)
            unchanged = logBytes == before ? unchanged + 1 : 0
            turns += 1
        }
        // Not before it is worth the work.
        #expect(turns > 15)
        #expect(try await store.all().count == turns * texts.count)
        await store.close()
        #expect(logBytes == 0)
    }

    @Test func `what is left is moved by the writer only when it is little or far too much`() throws
    {
        let writeConnection = try WriteConnection(folder.file)
        let checkpointer = Checkpointer()
        // Without a connection the writer does it all.
        #expect(!checkpointer.note(pages: 3_999))
        #expect(checkpointer.note(pages: 4_000))
        checkpointer.begin(writeConnection)
        #expect(!checkpointer.note(pages: 5_000))
        checkpointer.note(moved: 4_800)
        #expect(checkpointer.note(pages: 5_010))
        checkpointer.note(moved: 5_010)
        // A reader keeps it from beginning anew: not at each commit.
        #expect(!checkpointer.note(pages: 5_020))
        #expect(checkpointer.note(pages: 5_260))
        checkpointer.note(moved: nil)
        #expect(!checkpointer.note(pages: 20_000))
        #expect(checkpointer.note(pages: 32_000))
        // It has begun anew.
        #expect(!checkpointer.note(pages: 10))
        checkpointer.close()
    }
}
