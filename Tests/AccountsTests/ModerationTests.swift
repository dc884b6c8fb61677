import Accounts
import MessageBus
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ModerationTests {
    private func ban(
        _ subject: Ban.Subject, _ host: AccountHost, for seconds: Int64? = nil
    ) async -> ModerationResult {
        let now = host.clock.wall()
        return await host.ask { service, then in
            service.add(
                Ban(
                    of: subject, shown: "x", by: "bob", reason: "spam",
                    at: now,
                    until: seconds.map { now + .seconds($0) }),
                then: then)
        }
    }

    @Test func `a ban holds for a name and its account, until its end`() async throws {
        let host = try AccountHost()
        let ana = try await host.made("Ana")
        #expect(await ban(.name("ana"), host, for: 60) == .done)
        #expect(await host.look { $0.ban(ofName: "ana") }?.account == ana.id)
        #expect(await host.look { $0.ban(ofName: "bob") } == nil)
        host.clock.advance(by: .seconds(60))
        #expect(await host.look { $0.ban(ofName: "ana") } == nil)
        let unban: ModerationResult = await host.ask { service, then in
            service.removeBan(of: .name("ana"), then: then)
        }
        #expect(unban == .unknown)
    }

    @Test func `the most particular of several blocks need not be the one in force`() async throws {
        let host = try AccountHost()
        for (text, seconds) in [
            ("192.0.0.0/16", Int64(60)), ("192.0.2.1", 10), ("2001:db8::/32", 60),
        ] {
            let block = try #require(AddressBlock(text))
            #expect(await ban(.addresses(block), host, for: seconds) == .done)
        }
        host.clock.advance(by: .seconds(30))
        #expect(await host.look { $0.ban(of: .first) } != nil)
        #expect(await host.look { $0.ban(of: .local) } == nil)
        #expect(
            await host.look { $0.ban(of: ClientAddress(ipv6: 0x2001_0DB8_FFFF_0000, 1)) } != nil)
        let unban: ModerationResult = await host.ask { service, then in
            service.removeBan(of: .addresses(AddressBlock("192.0.5.5/16")!), then: then)
        }
        #expect(unban == .done)
        #expect(await host.look { $0.ban(of: .first) } == nil)
    }

    @Test func `a mute is given, replaced and taken back`() async throws {
        let host = try AccountHost()
        let now = host.clock.wall()
        for giver in ["bob", "eva"] {
            let result: ModerationResult = await host.ask { service, then in
                service.add(
                    Mute(of: "ana (ci)", shown: "Ana (ci)", by: giver, at: now, until: nil),
                    then: then)
            }
            #expect(result == .done)
        }
        #expect(await host.look { $0.mute(ofName: "ana (ci)") }?.giver == "eva")
        #expect(await host.look(\.mutes).count == 1)
        let remove = { @Sendable () async -> ModerationResult in
            await host.ask { service, then in service.removeMute(ofName: "ana (ci)", then: then) }
        }
        #expect(await remove() == .done)
        #expect(await remove() == .unknown)
        #expect(await host.look { $0.mute(ofName: "ana (ci)") } == nil)
        #expect(host.changes.count == 3)
    }

    @Test func `bans and mutes outlive the process`() async throws {
        let folder = AccountFolder()
        do {
            let host = try AccountHost(store: folder.store())
            #expect(await ban(.name("ana"), host) == .done)
        }
        let host = try AccountHost(store: folder.store())
        #expect(await host.look { $0.ban(ofName: "ana") }?.reason == "spam")
        #expect(host.changes == [])
    }

    @Test func `the last admin stays one`() async throws {
        let host = try AccountHost()
        let (ana, bob) = (try await host.made("Ana"), try await host.made("Bob"))
        let set = { @Sendable (role: Role, account: Account) async -> ModerationResult in
            await host.ask { service, then in service.setRole(role, of: account.id, then: then) }
        }
        #expect(await set(.admin, ana) == .done)
        #expect(await set(.member, ana) == .refused)
        #expect(await set(.admin, ana) == .done)
        #expect(await set(.admin, bob) == .done)
        #expect(await set(.member, ana) == .done)
        #expect(await host.look { $0.account(ana.id) }?.role == .member)
        let nobody = Account(id: AccountID(rawValue: 99), name: "x", key: "x", role: .member)
        #expect(await set(.moderator, nobody) == .unknown)
    }

    @Test func `the last admin may not remove the own account`() async throws {
        let host = try AccountHost()
        let (ana, bob) = (try await host.made("Ana"), try await host.made("Bob"))
        let set = { @Sendable (role: Role, account: Account) async -> ModerationResult in
            await host.ask { service, then in service.setRole(role, of: account.id, then: then) }
        }
        let remove = { @Sendable () async -> PasswordResult in
            await host.ask { service, then in
                service.unregister(
                    ana.id, password: .make("password"), from: .first, connection: 1, then: then)
            }
        }
        #expect(await set(.admin, ana) == .done)
        #expect(await remove() == .refused)
        #expect(await host.look { $0.account(ana.id) }?.role == .admin)
        #expect(await set(.admin, bob) == .done)
        #expect(await remove() == .done)
    }

    @Test func `no relay has the name of a bridge or a token`() async throws {
        var settings = AccountSettings()
        settings.bridgeKeys = ["chat"]
        let store = try SQLiteAccountStore()
        _ = try store.add(
            Token("CI", key: "ci", created: Timestamp(milliseconds: 1)),
            digest: [UInt8](repeating: 1, count: 32))
        let host = try AccountHost(store: store, settings)
        for name in ["Chat", "ci"] {
            let account = try await host.made(name)
            let result: ModerationResult = await host.ask { service, then in
                service.setRole(.relay, of: account.id, then: then)
            }
            #expect(result == .refused)
        }
        #expect(await nameConflict(of: host) == nil)
    }

    @Test func `the start refuses a name that two have`() async throws {
        let store = try SQLiteAccountStore()
        _ = try store.add(
            Token("CI", key: "ci", created: Timestamp(milliseconds: 1)),
            digest: [UInt8](repeating: 1, count: 32))
        var settings = AccountSettings()
        settings.bridgeKeys = ["ci"]
        let host = try AccountHost(store: store, settings)
        #expect(await nameConflict(of: host) != nil)
    }

    private func nameConflict(of host: AccountHost) async -> String? {
        await host.look { service in
            do throws(AccountService.NameConflict) {
                try service.checkNames()
                return nil
            } catch {
                return error.description
            }
        }
    }
}
