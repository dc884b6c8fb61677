import Accounts
import MessageBus
import Store
import TestSupport
import Testing

/// Changes that the command line makes beside a running service.
@Suite(.timeLimit(.minutes(10))) struct OtherProcessTests {
    private let folder = AccountFolder()

    /// Has the service look for changes, and returns when it has.
    private func refresh(_ host: AccountHost) async {
        await host.look { $0.refresh() }
        // Asked by the same thread, after the look.
        let _: [PrivateMessage] = await host.ask { service, then in
            service.dequeueLeft(for: AccountID(rawValue: 1), then: then)
        }
    }

    @Test func `changes by another process are seen and told`() async throws {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let time = host.clock.wall()
        let bob = try await host.made("Bob")
        guard
            case .created(let ana) = try other.create(
                "Ana", key: "ana", role: .admin, password: "fake1:x", at: time)
        else {
            Issue.record("no account was made")
            return
        }
        await refresh(host)
        #expect(await host.look { $0.account(named: "ana") } == ana)
        #expect(try other.rename(bob.id, to: "Berta", key: "berta", at: time) == .renamed)
        #expect(try other.setRole(.moderator, of: ana.id, keepsAnAdmin: false) == .done)
        #expect(try other.setPassword("fake1:y", of: ana.id))
        await refresh(host)
        let berta = Account(id: bob.id, name: "Berta", key: "berta", role: .member)
        let moderator = Account(id: ana.id, name: "Ana", key: "ana", role: .moderator)
        #expect(await host.look { $0.account(named: "bob") } == nil)
        #expect(await host.look { $0.isReserved("bob") })
        #expect(try other.remove(ana.id, at: time))
        #expect(try other.free("ana"))
        await refresh(host)
        #expect(await host.look { !$0.isReserved("ana") })
        #expect(
            host.changes == [
                .created(bob), .created(ana), .renamed(berta, from: bob),
                .roleChanged(moderator, from: .admin), .passwordChanged(moderator, except: 0),
                .removed(moderator),
            ])
    }

    @Test func `a name may go from one account to another between two looks`() async throws {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let time = host.clock.wall()
        let ana = try await host.made("Ana")
        #expect(try other.remove(ana.id, at: time))
        #expect(try other.free("ana"))
        _ = try other.create("ANA", key: "ana", role: .member, password: "fake1:x", at: time)
        await refresh(host)
        let next = await host.look { $0.account(named: "ana") }
        #expect(next?.name == "ANA")
        #expect(next?.id != ana.id)
        #expect(await host.look { $0.account(ana.id) } == nil)
    }

    @Test func `a name that was renamed may be given back to its account only`() throws {
        let store = try folder.commandLine()
        let time = Timestamp(milliseconds: 1_000)
        _ = try store.create("Ana", key: "ana", role: .member, password: "x", at: time)
        _ = try store.create("Bob", key: "bob", role: .member, password: "x", at: time)
        let ana = try #require(try store.credentials(ofName: "ana")?.account.id)
        let bob = try #require(try store.credentials(ofName: "bob")?.account.id)
        #expect(try store.rename(ana, to: "Eva", key: "eva", at: time) == .renamed)
        #expect(try store.rename(bob, to: "Ana", key: "ana", at: time) == .nameIsReserved)
        #expect(try store.rename(bob, to: "Eva", key: "eva", at: time) == .nameIsRegistered)
        #expect(try store.rename(ana, to: "ANA", key: "ana", at: time) == .renamed)
        #expect(try store.rename(ana, to: "Ana", key: "ana", at: time) == .renamed)
        #expect(try store.free("ana") == false)
        #expect(try store.rename(AccountID(rawValue: 99), to: "x", key: "x", at: time) == .unknown)
    }

    @Test func `a file that takes the place of another one brings its own accounts`() async throws {
        let host = try AccountHost(store: folder.store())
        let ana = try await host.made("Ana")
        let another = AccountFolder()
        do {
            let store = try another.commandLine()
            _ = try store.create(
                "Eva", key: "eva", role: .member, password: "x", at: Timestamp(milliseconds: 1))
            store.close()
        }
        try folder.replaceFile(by: another)
        await refresh(host)
        #expect(await host.look { $0.account(named: "ana") } == nil)
        #expect(await host.look { $0.account(named: "eva") }?.name == "Eva")
        #expect(host.changes.contains(.removed(ana)))
    }

    @Test func `bans by another process are obeyed until they end or are taken back`() async throws
    {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let ana = try await host.made("Ana")
        let now = host.clock.wall()
        let later = now + .seconds(10)
        let block = try #require(AddressBlock("192.0.2.0/24"))
        let byName = Ban(
            of: .name("ana"), shown: "Ana", account: ana.id, by: "bob", reason: "spam", at: now,
            until: nil)
        let byBlock = Ban(
            of: .addresses(block), shown: block.description, by: "", reason: "", at: now,
            until: later)
        try other.add(byName)
        try other.add(byBlock)
        await refresh(host)
        #expect(await host.look { $0.ban(ofName: "ana") } == byName)
        #expect(await host.look { $0.ban(of: .first) } == byBlock)
        #expect(await host.look { $0.ban(of: ClientAddress(ipv4: 0xC000_0301)) } == nil)
        #expect(await host.look(\.bans) == [byName, byBlock])
        // Another name does not help.
        #expect(try other.rename(ana.id, to: "Eva", key: "eva", at: now) == .renamed)
        await refresh(host)
        let moved = Ban(
            of: .name("eva"), shown: "Eva", account: ana.id, by: "bob", reason: "spam", at: now,
            until: nil)
        #expect(await host.look { $0.ban(ofName: "eva") } == moved)
        host.clock.advance(by: .seconds(10))
        await host.look { _ in }
        #expect(await host.look { $0.ban(of: .first) } == nil)
        #expect(try other.removeBan(of: .addresses(block), at: later) == false)
        #expect(try other.removeBan(of: .name("eva"), at: later))
        await refresh(host)
        #expect(await host.look { $0.ban(ofName: "eva") } == nil)
        #expect(
            host.changes.suffix(4).filter {
                if case .renamed = $0 { false } else { true }
            } == [.banned(byName), .banned(byBlock), .unbanned(moved)])
    }

    @Test func `bans and mutes of an account follow it, and leave its old name free`() async throws
    {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let ana = try await host.made("Ana")
        let now = host.clock.wall()
        try other.add(
            Ban(
                of: .name("ana"), shown: "Ana", account: ana.id, by: "bob", reason: "", at: now,
                until: nil))
        try other.add(
            Mute(of: "ana", shown: "Ana", account: ana.id, by: "bob", at: now, until: nil))
        try other.add(Mute(of: "guest", shown: "guest", by: "bob", at: now, until: nil))
        await refresh(host)
        #expect(try other.rename(ana.id, to: "Eva", key: "eva", at: now) == .renamed)
        #expect(try other.free("ana"))
        await refresh(host)
        #expect(await host.look(\.bans).map(\.shown) == ["Eva"])
        #expect(await host.look(\.mutes).map(\.shown).sorted() == ["Eva", "guest"])
        // Somebody else takes the old name.
        _ = try await host.made("Ana")
        #expect(await host.look { $0.ban(ofName: "ana") } == nil)
        #expect(await host.look { $0.mute(ofName: "ana") } == nil)
        #expect(await host.look { $0.mute(ofName: "eva") }?.account == ana.id)
        let unmute = { @Sendable (key: String) async -> ModerationResult in
            await host.ask { service, then in service.removeMute(ofName: key, then: then) }
        }
        #expect(await unmute("ana") == .unknown)
        #expect(await unmute("eva") == .done)
        #expect(try !other.removeBan(of: .name("ana"), at: now))
        #expect(try other.removeBan(of: .name("eva"), at: now))
        await refresh(host)
        #expect(await host.look(\.mutes).map(\.shown) == ["guest"])
        #expect(await host.look(\.bans) == [])
        // The new name is no new ban, nor is it told as one.
        let told = host.changes.count {
            switch $0 {
            case .banned, .muted: true
            default: false
            }
        }
        #expect(told == 3)
    }
}
