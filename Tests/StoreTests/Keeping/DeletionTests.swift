import Glibc
import MessageBus
import TestSupport
import Testing

@testable import Store

/// Deleted messages: nothing of them stays in the files.
@Suite(.timeLimit(.minutes(10))) struct DeletionTests {
    private let folder = StoreFolder()
    /// A word that occurs nowhere else, whole or as a part of another.
    private static let secret = "zqxjkvbp"

    private func delete(_ number: MessageNumber, _ store: SQLiteStore) async throws {
        let commit = store.enqueue(
            Deletion(of: number, by: "bob", quotedAs: "\(Self.secret) de ana"))
        store.endTurn()
        try await commit.wait()
    }

    /// Returns true if the bytes occur in one of the files.
    private func isInFiles(_ text: String) -> Bool {
        ["", "-wal", "-shm"].contains { ending in
            guard let file = fopen(folder.file + ending, "r") else { return false }
            defer { fclose(file) }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
                bytes += buffer[..<count]
            }
            let word = Array(text.utf8)
            return bytes.indices.dropLast(word.count - 1).contains {
                bytes[$0] == word[0] && bytes[$0..<($0 + word.count)].elementsEqual(word)
            }
        }
    }

    @Test func `a deleted text is found nowhere, and its number stays`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let first = try await store.keep(["uno", "\(Self.secret) de ana\nlinea", "tres"])
        try await delete(first + 1, store)
        let all = try await store.all()
        #expect(all.map(\.text) == ["uno", "\n", "tres"])
        #expect(all.map(\.deleter) == [nil, "bob", nil])
        let words = try #require(SearchWords(Self.secret))
        #expect(try await store.numbers(with: words, in: "general", atMost: 9).isEmpty)
        #expect(try await store.message(numbered: first + 1)?.deleter == "bob")
        await store.close()
    }

    @Test(arguments: [false, true])
    func `its bytes go from the files, and its words from the index`(isIndexed: Bool) async throws {
        var number: MessageNumber = 0
        do {
            let store = try SQLiteStore.open(folder.file)
            // Enough for several parts of the index.
            for part in 0..<6 {
                try await store.keep((0..<40).map { "mensaje \(part) \($0)" })
            }
            number = try await store.keep(["\(Self.secret) de ana"])
            if isIndexed {
                await store.close()
                try folder.finishIndex()
            } else {
                try await delete(number, store)
                await store.close()
            }
        }
        if isIndexed {
            #expect(isInFiles(Self.secret))
            let store = try SQLiteStore.open(folder.file)
            try await delete(number, store)
            await store.close()
        }
        try scrub()
        #expect(!isInFiles(Self.secret))
        let store = try SQLiteStore.open(folder.file)
        let words = try #require(SearchWords("mensaje"))
        #expect(try await store.numbers(with: words, in: "general", atMost: 500).count == 240)
        await store.close()
    }

    /// Does what is left after half a second of closing.
    private func scrub() throws {
        let connection = try WriteConnection(folder.file)
        let scrubber = Scrubber()
        var now = MonotonicTime.start
        while let due = scrubber.due {
            now = max(now, due)
            try scrubber.advance(connection, at: now)
        }
        #expect(try connection.database.number("SELECT value FROM meta WHERE key = 'scrub'") != 1)
        #expect(connection.moveLogIntoDatabase())
    }

    @Test(arguments: [false, true])
    func `private messages go from the files, with their account or deleted`(
        isDeleted: Bool
    ) async throws {
        let store = try SQLiteStore.open(folder.file)
        try await store.keep(["uno"])
        let accounts = SQLiteAccountStore(besideStoreAt: folder.file)
        let ids = try ["ana", "bob"].map { name in
            try add(name, accounts)
        }
        try accounts.save(privateMessage(7, from: ids[0], to: ids[1]), isLeft: false)
        #expect(isInFiles(Self.secret))
        if isDeleted {
            let result = try accounts.deletePrivateMessage(numbered: 7, by: ids[0], saidSince: nil)
            #expect(result == .deleted)
        } else {
            #expect(try accounts.remove(ids[0], at: Timestamp(milliseconds: 2)))
        }
        // The accounts' connection keeps the log from being removed with the store's.
        await store.close()
        #expect(!isInFiles(Self.secret))
        accounts.close()
    }

    private func add(_ name: String, _ accounts: SQLiteAccountStore) throws -> AccountID {
        _ = try accounts.create(
            name, key: name, role: .member, password: "x", at: Timestamp(milliseconds: 1))
        return try #require(try accounts.credentials(ofName: name)).account.id
    }

    private func privateMessage(
        _ number: MessageNumber, from sender: AccountID, to receiver: AccountID
    ) -> PrivateMessage {
        let party = { (id: AccountID) in
            PrivateMessage.Party(account: id, name: "x", key: "x")
        }
        return PrivateMessage(
            number: number, time: Timestamp(milliseconds: 1), from: party(sender),
            to: party(receiver), text: "\(Self.secret) de ana")
    }

    @Test func `a crash leaves the rest to the next start`() throws {
        let connection = try WriteConnection(folder.file)
        try connection.database.transaction { () throws(StoreError) in
            try connection.database.execute(
                """
                INSERT INTO rooms (id, name) VALUES (1, 'general');
                INSERT INTO messages (number, room, kind, time, sender, bridge, text)
                    VALUES (7, 1, 0, 1000, 'ana', 'chat', '\(Self.secret)')
                """)
        }
        try connection.database.transaction { () throws(StoreError) in
            try connection.delete(Deletion(of: 7, by: "bob"))
        }
        #expect(isInFiles(Self.secret))
        let next = Scrubber()
        var steps = 0
        while next.due != nil, steps < 100 {
            try next.advance(connection, at: .start)
            steps += 1
        }
        #expect(next.due == nil)
        #expect(!isInFiles(Self.secret))
    }

    @Test func `what quotes it quotes nothing any more`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let first = try await store.keep(["\(Self.secret) de ana"])
        let quotations = [
            Quotation(number: first, name: "ana", excerpt: "\(Self.secret) de ana"),
            Quotation(number: 0, name: "ana", excerpt: "\(Self.secret) de ana"),
            Quotation(number: 0, name: "eva", excerpt: "\(Self.secret) de ana"),
        ]
        let answers = store.reserve(3)
        let messages = quotations.enumerated().map { index, quotation in
            var message = Message.make(
                "sí", by: .make("bob"), room: index == 0 ? "general" : "otra",
                number: answers + index, time: 1_000)
            message.details = MessageDetails(reply: quotation)
            return message
        }
        for message in messages { store.enqueue(Batch.make([message]), isOwed: false) }
        try await delete(first, store)
        let all = try await store.all() + store.all(in: "otra")
        #expect(
            all.map { $0.reply?.excerpt } == [nil, "…", "…", "\(Self.secret) de ana"])
        await store.close()
    }

    @Test func `a message that was deleted is deleted with age like any other`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let first = try await store.keep(["uno", "dos"])
        await store.close()
        try folder.finishIndex()
        let again = try SQLiteStore.open(folder.file)
        try await delete(first, again)
        await again.close()
        let connection = try WriteConnection(folder.file)
        let retention = Retention(history: .seconds(1), bridges: [], start: .start)
        try retention.advance(connection, at: .start, time: 9_000_000, indexed: first.column + 1)
        #expect(try connection.database.number("SELECT count(*) FROM messages") == 0)
        try connection.database.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    }
}
