import Accounts
import MessageBus
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct AccountServiceTests {
    @Test func `a registered name is its owner's, by its password`() async throws {
        let host = try AccountHost()
        let ana = try await host.made("Ana")
        #expect(ana.name == "Ana" && ana.key == "ana" && ana.role == .member)
        #expect(await host.look { $0.isReserved("ana") })
        #expect(await host.look { $0.account(named: "ana") } == ana)
        #expect(await host.look { $0.account(ana.id) } == ana)
        #expect(await host.logIn("ana") == .loggedIn(ana))
        #expect(await host.logIn("ana", "passwort") == .failed)
        #expect(await host.logIn("bob") == .failed)
        #expect(await host.register("Ana") == .reserved)
        #expect(host.changes == [.created(ana)])
    }

    @Test func `a name that is the same nick as a registered one is refused`() async throws {
        let host = try AccountHost()
        let eva = try await host.made("Eva María")
        #expect(await host.look { $0.isReserved("eva_maría") && $0.isReserved("eva maría") })
        #expect(await host.look { !$0.isReserved("evamaría") && !$0.isReserved("eva-maría") })
        #expect(await host.look { $0.account(named: "eva_maría") } == nil)
        #expect(await host.look { $0.account(nick: "eva_maría") } == eva)
        #expect(await host.register("Eva_María") == .reserved)
        _ = await host.ask { service, then in service.withdraw(eva.id, then: then) }
        _ = try await host.made("Eva_María")
        #expect(await host.look { $0.isReserved("eva maría") })
        #expect(await host.look { $0.account(nick: "eva_maría")?.name } == "Eva_María")
    }

    @Test func `a registration that is taken back leaves nothing`() async throws {
        let host = try AccountHost()
        let ana = try await host.made("Ana")
        let withdraw = { @Sendable () async -> ModerationResult in
            await host.ask { service, then in service.withdraw(ana.id, then: then) }
        }
        #expect(await withdraw() == .done)
        #expect(await host.look { $0.account(named: "ana") } == nil)
        #expect(await host.look { !$0.isReserved("ana") })
        #expect(await withdraw() == .unknown)
        _ = try await host.made("Ana")
    }

    @Test func `an unknown name takes as many looks at a password as a known one`() async throws {
        let host = try AccountHost()
        _ = try await host.made("Ana")
        for (key, looks) in [("ana", 1), ("bob", 2), ("", 3)] {
            #expect(await host.logIn(key, "passwort") == .failed)
            #expect(host.hashing.looks == looks)
        }
    }

    @Test func `over a limit a password is not looked at, right or wrong`() async throws {
        let host = try AccountHost()
        let ana = try await host.made("Ana")
        for _ in 0..<5 { #expect(await host.logIn("ana", "passwort") == .failed) }
        let looks = host.hashing.looks
        #expect(await host.logIn("ana") == .rateLimited(seconds: 2))
        #expect(host.hashing.looks == looks)
        #expect(await host.logIn("ana", at: .second) == .loggedIn(ana))
        host.clock.advance(by: .milliseconds(1_999))
        #expect(await host.logIn("ana") == .rateLimited(seconds: 1))
        host.clock.advance(by: .milliseconds(1))
        #expect(await host.logIn("ana") == .loggedIn(ana))
        #expect(await host.logIn("ana", "passwort") == .failed)
        #expect(await host.logIn("ana") == .loggedIn(ana))
    }

    @Test func `failures elsewhere don't keep an owner out where the account was logged in`()
        async throws
    {
        let host = try AccountHost()
        let ana = try await host.made("Ana", at: .first)
        for index in 0..<100 {
            #expect(await host.logIn("ana", "passwort", at: .numbered(index)) == .failed)
        }
        #expect(await host.logIn("ana", at: .numbered(500)) == .rateLimited(seconds: 3_600))
        #expect(await host.logIn("ana", at: .first) == .loggedIn(ana))
        // Unknown names are treated alike.
        for index in 0..<100 {
            #expect(await host.logIn("bob", "passwort", at: .numbered(1_000 + index)) == .failed)
        }
        #expect(await host.logIn("bob", at: .numbered(500)) == .rateLimited(seconds: 3_600))
    }

    @Test(arguments: [false, true])
    func `a storm of strangers does not keep an owner out who was there before`(
        isRestarted: Bool
    ) async throws {
        let folder = AccountFolder()
        let addresses: [ClientAddress] = [.first, ClientAddress(ipv6: 0x2001_0DB8_0000_0001, 0)]
        var host = try AccountHost(store: folder.store())
        let ana = try await host.made("Ana", at: addresses[0])
        #expect(await host.logIn("ana", at: addresses[1]) == .loggedIn(ana))
        if isRestarted { host = try AccountHost(store: folder.store()) }
        let service = host
        service.hashing.close()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    _ = await service.logIn(
                        "ana", "passwort", at: .numbered(index), connection: UInt64(index))
                }
                if index == 0 { await service.hashing.untilSomeWait() }
            }
            // More than the queue holds have come.
            for await _ in group.prefix(60 - 33) {}
            let results = await service.ask {
                (accounts, then: @escaping ([LoginResult]) -> Void) in
                var results: [LoginResult] = []
                for (index, address) in addresses.enumerated() {
                    let attempt = LoginAttempt(
                        key: "ana", password: .make("password"), address: address,
                        connection: UInt64(100 + index))
                    accounts.logIn(attempt) { result in
                        results.append(result)
                        if results.count == addresses.count { then(results) }
                    }
                }
                // The one that is being looked at, then both of them.
                service.hashing.allow(3)
            }
            #expect(results == [.loggedIn(ana), .loggedIn(ana)])
            service.hashing.open()
        }
    }

    @Test func `the last sixteen addresses of an account are remembered`() async throws {
        let host = try AccountHost()
        let ana = try await host.made("Ana", at: .first)
        for index in 0..<16 {
            host.clock.advance(by: .seconds(1))
            #expect(await host.logIn("ana", at: .numbered(index)) == .loggedIn(ana))
        }
        for index in 100..<200 {
            #expect(await host.logIn("ana", "passwort", at: .numbered(index)) == .failed)
        }
        #expect(await host.logIn("ana", at: .numbered(0)) == .loggedIn(ana))
        guard case .rateLimited = await host.logIn("ana", at: .first) else {
            Issue.record("the first address is still remembered")
            return
        }
    }

    @Test func `limits outlive the process`() async throws {
        let folder = AccountFolder()
        let clock = ManualClock()
        do {
            let host = try AccountHost(store: folder.store(), clock: clock)
            _ = try await host.made("Ana")
            for _ in 0..<6 {
                _ = await host.logIn("ana", "passwort")
                host.clock.advance(by: .seconds(2))
            }
        }
        let host = try AccountHost(store: folder.store(), clock: clock)
        #expect(await host.logIn("ana") == .rateLimited(seconds: 2))
        host.clock.advance(by: .seconds(2))
        guard case .loggedIn = await host.logIn("ana") else {
            Issue.record("the right password is refused")
            return
        }
    }

    @Test func `thirty-two passwords wait, one of each connection`() async throws {
        let host = try AccountHost()
        host.hashing.close()
        await withTaskGroup(of: LoginResult.self) { group in
            for index in 0..<40 {
                group.addTask {
                    await host.logIn(
                        "name\(index)", at: .numbered(index), connection: UInt64(index))
                }
                // One is looked at, then 32 wait.
                if index == 0 { await host.hashing.untilSomeWait() }
            }
            var refused = 0
            while refused < 7, await group.next() == .rateLimited(seconds: 2) { refused += 1 }
            #expect(refused == 7)
            #expect(
                await host.logIn("x", at: .numbered(99), connection: 5) == .rateLimited(seconds: 2))
            host.hashing.open()
            // Where the queue was full before its thread had begun, one more was refused.
            let failed = await group.reduce(0) { $0 + ($1 == .failed ? 1 : 0) }
            #expect(32...33 ~= failed)
        }
    }

    @Test func `registration takes a name once`() async throws {
        let host = try AccountHost(hashers: 2)
        let results = await withTaskGroup(of: RegistrationResult.self) { group in
            for index in 0..<4 {
                group.addTask {
                    await host.register(
                        "Ana", at: .numbered(index), connection: UInt64(index))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count { $0 == .reserved } == 3)
        #expect(host.changes.count == 1)
    }

    @Test func `registrations have a limit of their own`() async throws {
        let host = try AccountHost()
        for index in 0..<60 { _ = try await host.made("name\(index)") }
        #expect(await host.register("another") == .rateLimited(seconds: 60))
        #expect(await host.register("name1") == .reserved)
        _ = try await host.made("another", at: .second)
    }

    @Test func `a closed registration makes nothing`() async throws {
        var settings = AccountSettings()
        settings.policy.isRegistrationOpen = false
        let host = try AccountHost(settings)
        #expect(await host.register("Ana") == .closed)
        #expect(host.hashing.looks == 0)
        #expect(await host.look { !$0.isReserved("ana") })
    }

    @Test func `a new password needs the old one, and ends other connections`() async throws {
        let host = try AccountHost()
        let ana = try await host.made("Ana")
        let change = { @Sendable (old: String) in
            await host.ask { service, then in
                service.changePassword(
                    of: ana.id, old: .make(old), new: .make("new-password"), from: .first,
                    connection: 9, then: then)
            }
        }
        #expect(await change("passwort") == PasswordResult.failed)
        #expect(await change("password") == PasswordResult.done)
        #expect(await host.logIn("ana") == .failed)
        #expect(await host.logIn("ana", "new-password") == .loggedIn(ana))
        #expect(host.changes == [.created(ana), .passwordChanged(ana, except: 9)])
    }

    @Test func `whoever asks is told before the observers`() async throws {
        let host = try AccountHost()
        let count = await host.ask { service, then in
            service.register(
                LoginAttempt(
                    key: "ana", password: .make("password"), address: .first, connection: 1),
                name: "Ana"
            ) { _ in
                // In memory already, but not told of.
                then(service.account(named: "ana") == nil ? -1 : host.changes.count)
            }
        }
        #expect(count == 0)
    }

    @Test func `the name of a removed account stays refused as long as history is kept`()
        async throws
    {
        var settings = AccountSettings()
        settings.history = .seconds(86_400)
        let host = try AccountHost(settings)
        let ana = try await host.made("Ana")
        let remove = { @Sendable (password: String) in
            await host.ask { service, then in
                service.unregister(
                    ana.id, password: .make(password), from: .first, connection: 1, then: then)
            }
        }
        #expect(await remove("passwort") == PasswordResult.failed)
        #expect(await remove("password") == PasswordResult.done)
        #expect(await remove("password") == PasswordResult.failed)
        #expect(host.changes == [.created(ana), .removed(ana)])
        #expect(await host.look { $0.account(named: "ana") } == nil)
        #expect(await host.look { $0.isReserved("ana") })
        #expect(await host.logIn("ana") == .failed)
        #expect(await host.register("Ana") == .reserved)
        host.clock.advance(by: .seconds(86_400))
        #expect(await host.look { !$0.isReserved("ana") })
    }

    @Test func `a hash that has become weak is replaced at the next login`() async throws {
        let store = try SQLiteAccountStore()
        let host = try AccountHost(store: store)
        let ana = try await host.made("Ana")
        host.hashing.raiseParameters()
        #expect(await host.logIn("ana", "passwort") == .failed)
        #expect(await host.logIn("ana") == .loggedIn(ana))
        host.service.close()
        #expect(host.changes == [.created(ana)])
    }

    @Test func `once the service is closed, waiting and later requests get the same answer`()
        async throws
    {
        let host = try AccountHost()
        _ = try await host.made("Ana")
        host.hashing.close()
        let waiting = await host.ask { service, then in
            for connection in UInt64(1)...2 {
                service.logIn(
                    LoginAttempt(
                        key: "ana", password: .make("password"), address: .first,
                        connection: connection),
                    then: { if connection == 2 { then($0) } })
            }
            service.close()
        }
        #expect(waiting == .unavailable)
        #expect(await host.logIn("ana", connection: 3) == .unavailable)
        #expect(await host.register("bob") == .unavailable)
    }

    @Test func `while the accounts can't be read nobody gets a name`() async throws {
        let folder = AccountFolder()
        try folder.spoil()
        let host = try AccountHost(store: SQLiteAccountStore(besideStoreAt: folder.file))
        #expect(await host.look { $0.isReserved("anybody") })
        #expect(await host.register("anybody") == .unavailable)
        #expect(await host.logIn("anybody") == .unavailable)
        #expect(host.log.sentences.contains { $0.contains("nobody can enter") })
    }
}
