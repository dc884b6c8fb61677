import Accounts
import MessageBus
import Store
import TestSupport
import Testing

/// Browsers that are logged in, how far people have read, and tokens.
@Suite(.timeLimit(.minutes(10))) struct AccountSessionTests {
    private let folder = AccountFolder()
    private static let digest = [UInt8](repeating: 1, count: 32)

    private func account(
        _ host: AccountHost, of digest: [UInt8] = digest
    ) async -> Account? {
        await host.ask { service, then in service.account(ofSession: digest, then: then) }
    }

    @Test func `a session stays logged in until 30 days after its last use`() async throws {
        let host = try AccountHost()
        let ana = try await host.made("Ana")
        #expect(await account(host) == nil)
        await host.look { $0.logIn(session: Self.digest, to: ana.id) }
        for _ in 0..<4 {
            host.clock.advance(by: .seconds(29 * 86_400))
            #expect(await account(host) == ana)
        }
        #expect(await account(host, of: [UInt8](repeating: 2, count: 32)) == nil)
        host.clock.advance(by: .seconds(30 * 86_400 + 1))
        #expect(await account(host) == nil)
    }

    @Test func `a login of a session ends with the password, a ban, the account, or at will`()
        async throws
    {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let time = host.clock.wall()
        let (ana, bob) = (try await host.made("Ana"), try await host.made("Bob"))
        let bobs = [UInt8](repeating: 3, count: 32)
        let logIn = { () async in
            await host.look { $0.refresh() }
            // Asked by the same thread, after the look.
            #expect(await account(host, of: []) == nil)
            await host.look { service in
                service.logIn(session: Self.digest, to: ana.id)
                service.logIn(session: bobs, to: bob.id)
            }
            // Asked by the same thread, after it.
            #expect(await account(host, of: bobs) == bob)
        }
        await logIn()
        #expect(try other.setPassword("fake1:y", of: ana.id))
        #expect(await account(host) == nil)
        #expect(await account(host, of: bobs) == bob)
        await logIn()
        try other.add(
            Ban(
                of: .name("ana"), shown: "Ana", account: ana.id, by: "op", reason: "", at: time,
                until: nil))
        #expect(await account(host) == nil)
        await logIn()
        #expect(await account(host) == ana)
        await host.look { $0.endSession(Self.digest) }
        #expect(await account(host) == nil)
        await logIn()
        #expect(try other.remove(ana.id, at: time))
        #expect(await account(host) == nil)
        #expect(await account(host, of: bobs) == bob)
    }

    @Test func `how far somebody has read never moves back`() async throws {
        let host = try AccountHost()
        let (ana, bob) = (try await host.made("Ana"), try await host.made("Bob"))
        await host.look { service in
            service.recordSeen(7, in: "a", by: ana.id)
            service.recordSeen(5, in: "a", by: ana.id)
            service.recordSeen(9, in: "b", by: ana.id)
            service.recordSeen(1, in: "a", by: AccountID(rawValue: 99))
        }
        let seen: [String: MessageNumber] = await host.ask { $0.seen(by: ana.id, then: $1) }
        #expect(seen == ["a": 7, "b": 9])
        let none: [String: MessageNumber] = await host.ask { $0.seen(by: bob.id, then: $1) }
        #expect(none.isEmpty)
    }

    @Test func `a token is known by the digest of its secret, and no longer than it is there`()
        async throws
    {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let token = Token(
            "CI", key: "ci", room: "logs", isReadOnly: true,
            created: Timestamp(milliseconds: 1_000))
        #expect(await host.look { $0.token(Self.digest) } == nil)
        #expect(try other.add(token, digest: Self.digest))
        await refresh(host)
        #expect(await host.look { $0.token(Self.digest) } == token)
        #expect(await host.look { $0.token([UInt8](repeating: 2, count: 32)) } == nil)
        #expect(try other.removeToken("ci"))
        await refresh(host)
        #expect(await host.look { $0.token(Self.digest) } == nil)
    }

    private func refresh(_ host: AccountHost) async {
        await host.look { $0.refresh() }
        // Asked by the same thread, after the look.
        let _: [PrivateMessage] = await host.ask { service, then in
            service.dequeueLeft(for: AccountID(rawValue: 1), then: then)
        }
    }

    @Test func `private messages behind a number and from a moment on`() async throws {
        let host = try AccountHost()
        let (ana, bob) = (try await host.made("Ana"), try await host.made("Bob"))
        let party = { @Sendable (account: Account) in
            PrivateMessage.Party(account: account.id, name: account.name, key: account.key)
        }
        await host.look { service in
            for number in UInt64(1)...9 {
                let (from, to) = number % 2 == 0 ? (ana, bob) : (bob, ana)
                service.save(
                    PrivateMessage(
                        number: MessageNumber(rawValue: number),
                        time: Timestamp(milliseconds: Int64(number) * 1_000),
                        from: party(from), to: party(to), text: "x"))
            }
        }
        let ask = {
            @Sendable (number: MessageNumber, time: Int64, count: Int) async -> [MessageNumber] in
            let found: [PrivateMessage] = await host.ask { service, then in
                service.privateMessages(
                    of: ana.id, after: number, since: Timestamp(milliseconds: time),
                    atMost: count, then: then)
            }
            return found.map(\.number)
        }
        #expect(await ask(6, 0, 99) == [7, 8, 9])
        #expect(await ask(0, 5_000, 99) == [5, 6, 7, 8, 9])
        #expect(await ask(0, 0, 2) == [8, 9])
        #expect(await ask(9, 0, 2) == [])
    }
}
