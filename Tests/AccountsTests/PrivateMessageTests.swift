import Accounts
import MessageBus
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct PrivateMessageTests {
    private func message(
        _ number: MessageNumber, from sender: Account?, to receiver: Account?,
        at time: Int64 = 1_000
    ) -> PrivateMessage {
        let party = { (account: Account?) in
            PrivateMessage.Party(
                account: account?.id, name: account?.name ?? "guest", key: account?.key ?? "guest")
        }
        return PrivateMessage(
            number: number, time: Timestamp(milliseconds: time), from: party(sender),
            to: party(receiver), text: "text \(number)")
    }

    private func last(
        _ count: Int, of account: Account, with key: String, _ host: AccountHost
    ) async -> [MessageNumber] {
        let found: [PrivateMessage] = await host.ask { service, then in
            service.privateMessages(
                of: account.id, with: key, before: .max, last: count, then: then)
        }
        return found.map(\.number)
    }

    @Test func `private messages are kept for the accounts of the two`() async throws {
        let host = try AccountHost()
        let (ana, bob, eva) = (
            try await host.made("Ana"), try await host.made("Bob"), try await host.made("Eva")
        )
        let messages = [
            message(1, from: ana, to: bob), message(2, from: bob, to: ana),
            message(3, from: eva, to: ana), message(4, from: nil, to: ana),
            message(5, from: ana, to: nil), message(6, from: nil, to: nil),
            message(7, from: ana, to: bob),
        ]
        await host.look { service in for message in messages { service.save(message) } }
        #expect(await last(9, of: ana, with: "bob", host) == [1, 2, 7])
        #expect(await last(2, of: bob, with: "ana", host) == [2, 7])
        #expect(await last(9, of: ana, with: "guest", host) == [4, 5])
        #expect(await last(9, of: bob, with: "eva", host) == [])
        for (number, account, isThere) in [
            (1 as MessageNumber, ana, true), (1, bob, true), (1, eva, false), (4, ana, true),
            (6, ana, false), (99, ana, false),
        ] {
            let found: PrivateMessage? = await host.ask { service, then in
                service.privateMessage(numbered: number, of: account.id, then: then)
            }
            #expect((found != nil) == isThere, "\(number)")
        }
    }

    @Test func `what is left for somebody who is away is taken once`() async throws {
        let host = try AccountHost()
        let (ana, bob) = (try await host.made("Ana"), try await host.made("Bob"))
        let leave = { @Sendable (message: PrivateMessage) async -> LeavingResult in
            await host.ask { service, then in service.leave(message, then: then) }
        }
        for number in (1...50).map(MessageNumber.init(rawValue:)) {
            #expect(await leave(message(number, from: ana, to: bob)) == .left)
        }
        #expect(await leave(message(51, from: ana, to: bob)) == .full)
        let take = { @Sendable () async -> [MessageNumber] in
            let found: [PrivateMessage] = await host.ask { service, then in
                service.dequeueLeft(for: bob.id, then: then)
            }
            return found.map(\.number)
        }
        #expect(await take().map(\.rawValue) == Array(1...50))
        #expect(await take() == [])
        #expect(await leave(message(52, from: ana, to: bob)) == .left)
        #expect(await last(1, of: bob, with: "ana", host) == [52])
        #expect(await leave(message(53, from: nil, to: bob)) == .unavailable)
    }

    @Test func `five hundred messages wait for somebody, from anybody`() throws {
        let store = try SQLiteAccountStore()
        let bob = Account(id: AccountID(rawValue: 1), name: "Bob", key: "bob", role: .member)
        for number in (1...500).map(MessageNumber.init(rawValue:)) {
            let sender = Account(
                id: AccountID(rawValue: Int64(2 + number.rawValue / 50)), name: "x", key: "x",
                role: .member)
            try store.save(message(number, from: sender, to: bob), isLeft: true)
        }
        let waiting = try store.waitingCount(for: bob.id, from: AccountID(rawValue: 3))
        #expect(waiting.all == 500)
        #expect(waiting.ofSender == 50)
    }

    @Test func `without a store nothing is left for anybody`() async throws {
        var settings = AccountSettings()
        settings.outlivesProcess = false
        let host = try AccountHost(settings)
        let (ana, bob) = (try await host.made("Ana"), try await host.made("Bob"))
        let message = message(1, from: ana, to: bob)
        let result: LeavingResult = await host.ask { service, then in
            service.leave(message, then: then)
        }
        #expect(result == .unavailable)
    }

    @Test func `a removed account's messages are gone, for the other of the two too`() throws {
        let store = try SQLiteAccountStore()
        let time = Timestamp(milliseconds: 1_000)
        for name in ["ana", "bob"] {
            _ = try store.create(name, key: name, role: .member, password: "x", at: time)
        }
        let ana = try #require(try store.credentials(ofName: "ana")?.account)
        let bob = try #require(try store.credentials(ofName: "bob")?.account)
        try store.save(message(1, from: ana, to: bob), isLeft: false)
        try store.save(message(2, from: ana, to: nil), isLeft: false)
        try store.save(message(3, from: bob, to: ana), isLeft: true)
        try store.save(message(4, from: bob, to: nil), isLeft: false)
        #expect(try store.remove(ana.id, at: time))
        // One that was on its way.
        try store.save(message(5, from: ana, to: bob), isLeft: false)
        #expect(try store.free("ana"))
        _ = try store.create("ana", key: "ana", role: .member, password: "x", at: time)
        let next = try #require(try store.credentials(ofName: "ana")?.account)
        for other in [nil, ana.id, next.id] {
            #expect(
                try store.privateMessages(
                    of: bob.id, with: other, key: "ana", before: .max, last: 9) == [])
        }
        #expect(
            try store.privateMessages(of: next.id, with: bob.id, key: "bob", before: .max, last: 9)
                == [])
        #expect(try store.dequeueWaiting(for: ana.id) == [])
        #expect(try store.privateMessage(numbered: 4, of: bob.id) != nil)
        #expect(try store.privateMessage(numbered: 2, of: ana.id) == nil)
    }

    @Test func `one of the two deletes a message, within a time its sender`() async throws {
        let host = try AccountHost()
        let (ana, bob, eva) = (
            try await host.made("Ana"), try await host.made("Bob"), try await host.made("Eva")
        )
        let messages = [message(1, from: ana, to: bob), message(2, from: bob, to: ana)]
        await host.look { service in for message in messages { service.save(message) } }
        for (account, number, earliest, result) in [
            (eva, 1, nil, .unknown), (bob, 1, 0, .forbidden), (ana, 1, 1_001, .forbidden),
            (ana, 9, 0, .unknown), (ana, 1, 1_000, .deleted), (ana, 1, 0, .unknown),
            (ana, 2, nil, .deleted),
        ] as [(Account, MessageNumber, Int64?, PrivateDeletionResult)] {
            let answer: PrivateDeletionResult = await host.ask { service, then in
                service.deletePrivateMessage(
                    numbered: number, by: account.id,
                    saidSince: earliest.map { Timestamp(milliseconds: $0) }, then: then)
            }
            #expect(answer == result, "\(account.name) \(number)")
        }
        #expect(await last(9, of: bob, with: "ana", host) == [])
    }

    @Test func `a removed account's row is deleted once other processes have seen it`() throws {
        let store = try SQLiteAccountStore()
        let (time, hour) = (Timestamp(milliseconds: 1_000), Int64(3_600_000))
        _ = try store.create("ana", key: "ana", role: .member, password: "x", at: time)
        let version = try store.changes(since: 0).version
        let ana = try #require(try store.credentials(ofName: "ana")?.account)
        #expect(try store.remove(ana.id, at: time))
        try store.deleteExpired(at: Timestamp(milliseconds: hour), history: nil)
        #expect(try store.changes(since: version).accounts.map(\.isRemoved) == [true])
        try store.deleteExpired(at: Timestamp(milliseconds: 2 * hour), history: nil)
        #expect(try store.changes(since: version).accounts.isEmpty)
        #expect(try store.changes(since: version).reservedNames.map(\.key) == ["ana"])
    }

    @Test func `what is too old is deleted, what waits after ninety days`() throws {
        let store = try SQLiteAccountStore()
        let (ana, bob) = (
            Account(id: AccountID(rawValue: 1), name: "ana", key: "ana", role: .member),
            Account(id: AccountID(rawValue: 2), name: "bob", key: "bob", role: .member)
        )
        let day: Int64 = 86_400_000
        try store.save(message(1, from: ana, to: bob, at: 0), isLeft: false)
        try store.save(message(2, from: ana, to: bob, at: 5 * day), isLeft: false)
        try store.save(message(3, from: ana, to: bob, at: 0), isLeft: true)
        let numbers = {
            try store.privateMessages(of: ana.id, with: bob.id, key: "bob", before: .max, last: 9)
        }
        try store.deleteExpired(
            at: Timestamp(milliseconds: 10 * day), history: .seconds(7 * 86_400))
        #expect(try numbers().map(\.number) == [2, 3])
        try store.deleteExpired(
            at: Timestamp(milliseconds: 91 * day), history: .seconds(7 * 86_400))
        #expect(try numbers().map(\.number) == [])
    }
}
