import MessageBus
import TestSupport
import Testing

/// Pages that are logged in and in no room: what becomes of the account reaches them too.
@Suite(.timeLimit(.minutes(10))) struct RoomlessTests {
    /// Changes after which nobody who was logged in may go on.
    enum Change: CaseIterable, Sendable {
        case password, ban, removal
    }

    private static let session = WebHost.session("thief")

    /// Logs ana in on a page that is in no room.
    private func page(on host: WebHost, leaves: Bool) async throws -> SocketClient {
        let page = try await host.socket()
        try page.send(
            """
            {"type":"hello","session":"\(Self.session)","name":"ana","password":"secreto1"}
            """)
        try await page.until("welcome ana")
        if leaves {
            try page.send(#"{"type":"leave","room":"general"}"#)
            try await page.until("ok leave ok")
        }
        return page
    }

    private func make(_ change: Change, _ accounts: FakeAccounts) {
        switch change {
        case .password: accounts.setPassword(of: "ana", to: "secreto2")
        case .removal: accounts.remove("ana")
        case .ban:
            let ban = Ban(
                of: .name("ana"), shown: "ana", account: accounts.account(named: "ana")?.id,
                by: "mod", reason: "no", at: Timestamp(milliseconds: 0), until: nil)
            accounts.add(ban) { _ in }
        }
    }

    @Test(arguments: Change.allCases, [Direction.both, .out])
    func `a page in no room is sent away, and its session needs the password again`(
        change: Change, direction: Direction
    ) async throws {
        let accounts = FakeAccounts(
            [("ana", "secreto1")], isLoginRequired: direction == .out)
        let host = try await WebHost(direction: direction, accounts: accounts)
        let page = try await page(on: host, leaves: direction == .both)
        make(change, accounts)
        await host.test.settle()
        #expect(try await page.barrier().contains { $0.hasPrefix("refused") })
        #expect(page.closeCode == 1008)
        let back = try await host.socket()
        try host.hello(back, nil, session: Self.session)
        switch (change, direction) {
        case (.ban, _): #expect(try await back.rest().code == 1008)
        case (_, .out):
            #expect(try await back.next("refused").brief == "refused hello login-required")
        default: #expect(try await back.next("welcome").brief == "welcome nobody")
        }
    }

    @Test(arguments: [Direction.both, .out])
    func `a page in no room has the new name of its account`(direction: Direction) async throws {
        let accounts = FakeAccounts([("ana", "secreto1")])
        let host = try await WebHost(direction: direction, accounts: accounts)
        let page = try await page(on: host, leaves: direction == .both)
        accounts.rename("ana", to: "anna")
        await host.test.settle()
        #expect(try await page.barrier() == ["welcome anna"])
    }

    @Test(arguments: [Direction.both, .out])
    func `whoever changes the password in no room stays`(direction: Direction) async throws {
        let host = try await WebHost(
            direction: direction, accounts: FakeAccounts([("ana", "secreto1")]))
        let page = try await page(on: host, leaves: direction == .both)
        try page.send(#"{"type":"password","password":"secreto1","new":"secreto2"}"#)
        try await page.until("ok password ok")
        await host.test.settle()
        #expect(try await page.barrier() == [])
        #expect(page.closeCode == nil)
    }
}
