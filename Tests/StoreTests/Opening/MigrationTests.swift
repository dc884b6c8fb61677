import MessageBus
import TestSupport
import Testing

@testable import Store

/// Files of earlier versions.
@Suite(.timeLimit(.minutes(10))) struct MigrationTests {
    private let folder = StoreFolder()

    @Test func `a file of version 4 keeps its messages and gets the tables of accounts`()
        async throws
    {
        try folder.makeFile(ofVersion: 4, Schema.earlierMessage)
        let store = try SQLiteStore.open(folder.file)
        try await store.keep(["adiós"])
        let all = try await store.all()
        #expect(all.map(\.text) == ["hola", "adiós"])
        #expect(all.map(\.sender.account) == [nil, nil])
        await store.close()
        let database = try Database(folder.file, .read)
        #expect(try database.number("SELECT value FROM meta WHERE key = 'accounts'") == 0)
        #expect(try database.number("SELECT count(*) FROM accounts") == 0)
    }

    @Test func `what programs said is told apart, after a migration too`() async throws {
        try folder.makeFile(ofVersion: 7, Schema.earlierMessage)
        let store = try SQLiteStore.open(folder.file)
        let first = store.reserve(4)
        let messages = [true, false, true, true].enumerated().map { index, isAutomatic in
            var message = Message.make("\(index)", number: first + index, time: 1_000)
            if isAutomatic { message.header.flags.insert(.automatic) }
            return message
        }
        try await store.keep(messages)
        #expect(try await store.all().map(\.isAutomatic) == [false, true, false, true, true])
        await store.close()
    }

    @Test func `failed logins still count after a migration`() async throws {
        try folder.makeFile(
            ofVersion: 8,
            """
            INSERT INTO tries (counter, failures, delay, until, used)
                VALUES (x'01', x'', 5, 2000, 1000)
            """)
        await (try SQLiteStore.open(folder.file)).close()
        let database = try Database(folder.file, .read)
        #expect(
            try database.number("SELECT delay FROM login_attempts WHERE counter = x'01'") == 5)
    }

    @Test func `private messages are kept by a migration, and later ones say what they answer`()
        async throws
    {
        try folder.makeFile(
            ofVersion: 9,
            """
            INSERT INTO private_messages (number, time, sender, sender_name, sender_key,
                    receiver, receiver_name, receiver_key, text, waiting)
                VALUES (7, 1000, 1, 'Ana', 'ana', 2, 'Bob', 'bob', 'hola', 1)
            """)
        await (try SQLiteStore.open(folder.file)).close()
        let accounts = SQLiteAccountStore(besideStoreAt: folder.file)
        let (ana, bob) = (
            PrivateMessage.Party(account: AccountID(rawValue: 1), name: "Ana", key: "ana"),
            PrivateMessage.Party(account: AccountID(rawValue: 2), name: "Bob", key: "bob")
        )
        let old = PrivateMessage(
            number: 7, time: Timestamp(milliseconds: 1_000), from: ana, to: bob, text: "hola")
        let answer = PrivateMessage(
            number: 8, time: Timestamp(milliseconds: 2_000), from: bob, to: ana, text: "qué tal",
            answering: Quotation(number: 7, name: "Ana", excerpt: "hola"))
        try accounts.save(answer, isLeft: true)
        let waiting = [1, 2].map { AccountID(rawValue: $0) }
        #expect(try waiting.map { try accounts.dequeueWaiting(for: $0) } == [[answer], [old]])
        let both = try accounts.privateMessages(
            of: waiting[0], with: waiting[1], key: "bob", before: .max, last: 9)
        #expect(both == [old, answer])
        // Deleted words do not stay in the answers to them.
        let result = try accounts.deletePrivateMessage(numbered: 7, by: waiting[0], saidSince: nil)
        #expect(result == .deleted)
        let left = try accounts.privateMessage(numbered: 8, of: waiting[1])
        #expect(left?.reply?.excerpt == Quotation.erasedExcerpt)
        accounts.close()
    }

    @Test func `the account of a sender is stored with its messages`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let first = store.reserve(3)
        let ana = Sender(
            name: "ana", key: "ana", bridge: "chat", identity: 1, account: AccountID(rawValue: 5))
        let messages = [ana, .make("bob"), ana].enumerated().map { index, sender in
            Message.make("hola", by: sender, number: first + index, time: 1_000)
        }
        try await store.keep(messages)
        #expect(try await store.all().map(\.sender.account?.rawValue) == [5, nil, 5])
        await store.close()
    }
}
