import Accounts
import Dispatch
import MessageBus
import Sockets
import Store
import TestSupport
import Testing

/// The fate of a password, or of a session, that is looked at while its account changes.
@Suite(.timeLimit(.minutes(10))) struct ChangedMeanwhileTests {
    private let folder = AccountFolder()
    private static let digest = [UInt8](repeating: 1, count: 32)

    /// Logs in, and makes a change while the hash is compared.
    private func logIn(
        _ host: AccountHost, at address: ClientAddress = .first, during change: () throws -> Void
    ) async throws -> LoginResult {
        host.hashing.close()
        let login = Task { await host.logIn("ana", at: address) }
        await host.hashing.untilSomeWait()
        try change()
        host.hashing.open()
        return await login.value
    }

    @Test func `a login during which the password or the account goes fails`() async throws {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let ana = try await host.made("Ana")
        let changed = try await logIn(host) { _ = try other.setPassword("fake1:x", of: ana.id) }
        #expect(changed == .failed)
        let own = try host.hashing.hash("password")
        _ = try other.setPassword(own, of: ana.id)
        #expect(await host.logIn("ana") == .loggedIn(ana))
        let removed = try await logIn(host) {
            _ = try other.remove(ana.id, at: Timestamp(milliseconds: 1))
        }
        #expect(removed == .failed)
    }

    @Test func `the password of before counts as a wrong one`() async throws {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let ana = try await host.made("Ana")
        for _ in 0..<4 { #expect(await host.logIn("ana", "passwort") == .failed) }
        let fifth = try await logIn(host) { _ = try other.setPassword("fake1:x", of: ana.id) }
        #expect(fifth == .failed)
        #expect(await host.logIn("ana") == .rateLimited(seconds: 2))
    }

    @Test func `two logins at once work, also where the hash is made stronger`() async throws {
        let host = try AccountHost(hashers: 2)
        let ana = try await host.made("Ana")
        host.hashing.raiseParameters()
        host.hashing.close()
        let logins = [ClientAddress.first, .second].enumerated().map { index, address in
            Task { await host.logIn("ana", at: address, connection: UInt64(index + 1)) }
        }
        await host.hashing.untilSomeWait(2)
        host.hashing.open()
        for login in logins { #expect(await login.value == .loggedIn(ana)) }
    }

    @Test func `a new password works while a login makes the hash stronger`() async throws {
        let host = try AccountHost(hashers: 2)
        let ana = try await host.made("Ana")
        host.hashing.raiseParameters()
        host.hashing.close()
        let change = Task {
            await host.ask { (service, then: @escaping (PasswordResult) -> Void) in
                service.changePassword(
                    of: ana.id, old: .make("password"), new: .make("new-password"), from: .second,
                    connection: 9, then: then)
            }
        }
        await host.hashing.untilSomeWait()
        let login = Task { await host.logIn("ana") }
        await host.hashing.untilSomeWait(2)
        host.hashing.open()
        #expect(await change.value == .done)
        // Before the other one, or behind it.
        _ = await login.value
    }

    @Test func `a session is not logged in by a password that was changed meanwhile`() async throws
    {
        let host = try AccountHost(store: folder.store())
        let other = try folder.commandLine()
        let ana = try await host.made("Ana")
        #expect(await host.logIn("ana") == .loggedIn(ana))
        #expect(try other.setPassword("fake1:x", of: ana.id))
        // The loop has not learned of it yet.
        await host.look { $0.logIn(session: Self.digest, to: ana.id) }
        let found: Account? = await host.ask { service, then in
            service.account(ofSession: Self.digest, then: then)
        }
        #expect(found == nil)
    }

    @Test func `a session is answered before the change that ends it, or not found`() async throws {
        let host = try AccountHost(store: folder.store())
        let ana = try await host.made("Ana")
        await host.look { $0.logIn(session: Self.digest, to: ana.id) }
        // Until the session is there.
        _ = await session(of: host)
        host.beforeNextPost { [weak host] in
            guard let host else { return }
            let isAsked = DispatchSemaphore(value: 0)
            host.loop.perform { [weak host] in
                host?.service.changePassword(
                    of: ana.id, old: .make("password"), new: .make("new-password"), from: .first,
                    connection: 9
                ) { _ in }
                isAsked.signal()
            }
            isAsked.wait()
            // Then the change is done, unless something holds it up, and comes later.
            host.waitForHashers()
        }
        let (found, changes) = await session(of: host)
        #expect(found == nil || changes == [.created(ana)])
    }

    /// Returns the account of the session, and the changes that were told before the answer.
    private func session(of host: AccountHost) async -> (Account?, [AccountChange]) {
        await host.ask { service, then in
            service.account(ofSession: Self.digest) { then(($0, host.changes)) }
        }
    }
}
