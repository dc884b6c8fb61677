import Accounts
import MessageBus
import Sockets

/// The timer that makes the accounts look for changes by other processes.
///
/// Confined to the loop.
final class AccountRefresh {
    private let accounts: AccountService
    private let loop: EventLoop
    private lazy var timer = LoopTimer { self.refresh() }

    /// The time between two looks.
    private static let pause = AccountService.refreshInterval

    private init(_ accounts: AccountService, on loop: EventLoop) {
        self.accounts = accounts
        self.loop = loop
    }

    /// Looks regularly from now on, as long as the loop runs.
    static func start(_ accounts: AccountService, on loop: EventLoop) {
        let refresh = AccountRefresh(accounts, on: loop)
        // The timer keeps the object.
        loop.set(refresh.timer, after: pause)
    }

    private func refresh() {
        loop.assertOwned()
        loop.set(timer, after: Self.pause)
        accounts.refresh()
    }
}
