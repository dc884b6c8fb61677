import MessageBus

/// The accounts, bans and mutes of a running bus.
///
/// Confined to the bus's loop, except `open`, which comes before it, `close`, and what it hands to
/// other threads: passwords are checked by `PasswordChecker`, and the store is asked by
/// `SerialWork`.
package final class AccountService: AccountDirectory, @unchecked Sendable {  // on the bus's loop
    /// The rules of bridge.json.
    package let policy: AccountPolicy
    var settings: AccountSettings
    let environment: AccountEnvironment
    let accountStore: SharedAccountStore
    let work: SerialWork
    private let passwordChecker: PasswordChecker
    private let weakly = WeakService()
    private(set) var accounts: AccountTable
    private(set) var restrictions = RestrictionTable()
    private(set) var tokenKeys: Set<String> = []
    /// The folded names of programs that the configuration of a bridge names.
    var claimedKeys: Set<String> = []
    /// The tokens by the digests of their secrets: looking one up tells nothing about others.
    private(set) var tokens: [[UInt8]: Token] = [:]
    /// True once the accounts are in memory: before that nobody may have any name.
    private var isLoaded = false
    private var observers: [(AccountChange) -> Void] = []
    private var lastExpiry: Timestamp?
    private let failures: ThrottledLog

    /// Time between two checks for changes by other processes: such changes are seen within a
    /// second.
    package static let refreshInterval = Duration.milliseconds(400)
    /// The time between two deletions of what has expired.
    private static let expiryPause = Duration.seconds(600)
    /// Accounts and reserved names at most: about 300 MB in memory.
    static let maxAccounts = 1_000_000

    /// The service as its other threads reach it, without keeping it alive.
    ///
    /// Owned by `AccountService`, which checks it; set before any other thread has it.
    private final class WeakService: @unchecked Sendable {  // set once, before any thread starts
        weak var service: AccountService?
    }

    /// Makes a service that knows nothing yet.
    package init(
        _ store: any AccountStore, _ settings: AccountSettings, hashing: PasswordHashing,
        environment: AccountEnvironment
    ) {
        policy = settings.policy
        self.settings = settings
        self.environment = environment
        failures = ThrottledLog(environment.log)
        accounts = AccountTable(history: settings.history)
        accountStore = SharedAccountStore(store) { [environment, weakly] publication in
            environment.post { weakly.service?.receive(publication) }
        }
        work = SerialWork { try environment.startThread("accounts", $0) }
        passwordChecker = PasswordChecker(accountStore, hashing: hashing, environment: environment)
        weakly.service = self
    }

    // MARK: - Beginning and end

    /// Reads everything, before the loop runs.
    ///
    /// `refresh` tries again to read whatever can't be read now; until then nobody gets a name.
    package func open() {
        do {
            var first: StoredAccounts?
            passwordChecker.restore(
                try accountStore.load { changes in
                    first = changes
                    return false
                })
            first.map { _ = apply($0) }
        } catch {
            environment.log.error(
                "\(error); until the accounts can be read, nobody can enter")
        }
    }

    /// Looks for changes by other processes, and deletes what is too old.
    ///
    /// Called every `refreshInterval`.
    package func refresh() {
        let (time, history) = (now, settings.history)
        let isDue = lastExpiry.map { time - $0 >= Self.expiryPause } ?? true
        if isDue {
            lastExpiry = time
            restrictions.removeExpired(at: time)
        }
        let isLoaded = isLoaded
        run { [accountStore, passwordChecker] in
            if isLoaded {
                try accountStore.refresh()
            } else {
                passwordChecker.restore(try accountStore.load { _ in true })
            }
            if isDue {
                try accountStore.withStore { try $0.deleteExpired(at: time, history: history) }
            }
        }
    }

    /// Refuses what waits and closes the store; may be called on any thread but a running bus's
    /// loop.
    package func close() {
        passwordChecker.close()
        accountStore.close()
        failures.writeRemainingCounts()
    }

    // MARK: - Changes

    /// Registers a function that is called after every change.
    package func observe(_ observer: @escaping (AccountChange) -> Void) {
        assertOwned()
        observers.append(observer)
    }

    /// Traps in debug builds off the bus's loop.
    func assertOwned() {
        #if DEBUG
            environment.assertOwned()
        #endif
    }

    private func receive(_ publication: SharedAccountStore.Publication) {
        assertOwned()
        let changes = publication.changes.map(apply) ?? []
        publication.then()
        for change in changes {
            let change = change.made(by: publication.connection)
            change.sentence.map { environment.log.info($0) }
            for observer in observers { observer(change) }
        }
    }

    private func apply(_ stored: StoredAccounts) -> [AccountChange] {
        let isFirst = !isLoaded
        isLoaded = true
        tokenKeys = Set(stored.tokens.map(\.token.key))
        tokens = Dictionary(
            stored.tokens.map { ($0.digest, $0.token) }, uniquingKeysWith: { first, _ in first })
        let changes =
            accounts.apply(stored)
            + restrictions.apply(stored, at: environment.wall())
        return isFirst ? [] : changes
    }

    /// Runs a function that may wait for the disk; a failure is logged.
    func run(
        _ body: @escaping @Sendable () throws -> Void,
        failing: @escaping @Sendable () -> Void = {}
    ) {
        assertOwned()
        let isTaken = work.enqueue { [failures, environment] in
            do {
                try body()
            } catch is SharedAccountStore.Closed {
                environment.post(failing)
            } catch {
                failures.error(cause: "store", "\(error)")
                environment.post(failing)
            }
        }
        if !isTaken { environment.post(failing) }
    }

    var now: Timestamp { environment.wall() }

    // MARK: - Names

    /// Returns the account with a folded name.
    package func account(named key: String) -> Account? {
        assertOwned()
        return accounts.account(named: key)
    }

    /// Returns the only account whose folded name is a nick.
    package func account(nick: String) -> Account? { accounts.account(nick: nick) }

    /// Returns an account by its number.
    package func account(_ id: AccountID) -> Account? {
        assertOwned()
        return accounts.account(id)
    }

    /// Returns true if nobody may take a folded name without logging in.
    package func isReserved(_ key: String) -> Bool {
        assertOwned()
        return !isLoaded || accounts.holdsNick(of: key)
            || accounts.isReserved(key, at: environment.wall())
    }

    // MARK: - Passwords

    /// Checks a name and a password for a login.
    package func logIn(_ attempt: LoginAttempt, then: @escaping (LoginResult) -> Void) {
        passwordChecker.enqueue(
            PasswordRequest(attempt: attempt, purpose: .login(LoopConfined(then))),
            about: account(named: attempt.key)?.id)
    }

    /// Creates an account with a name.
    package func register(
        _ attempt: LoginAttempt, name: String, then: @escaping (RegistrationResult) -> Void
    ) {
        assertOwned()
        let refusal: RegistrationResult? =
            if !policy.isRegistrationOpen {
                .closed
            } else if !isLoaded || accounts.count >= Self.maxAccounts {
                .unavailable
            } else if isReserved(attempt.key) {
                .reserved
            } else {
                nil
            }
        let then = LoopConfined(then)
        if let refusal {
            environment.post { then.value(refusal) }
        } else {
            passwordChecker.enqueue(
                PasswordRequest(attempt: attempt, purpose: .registration(name: name, then)))
        }
    }

    /// Changes the password of an account whose owner is logged in.
    package func changePassword(
        of id: AccountID, old: Password, new: Password, from address: ClientAddress,
        connection: UInt64, then: @escaping (PasswordResult) -> Void
    ) {
        let attempt = LoginAttempt(
            key: account(id)?.key ?? "", password: old, address: address, connection: connection)
        passwordChecker.enqueue(
            PasswordRequest(attempt: attempt, purpose: .newPassword(id, new, LoopConfined(then))),
            about: id)
    }

    /// Removes an account.
    package func unregister(
        _ id: AccountID, password: Password, from address: ClientAddress, connection: UInt64,
        then: @escaping (PasswordResult) -> Void
    ) {
        let attempt = LoginAttempt(
            key: account(id)?.key ?? "", password: password, address: address,
            connection: connection)
        passwordChecker.enqueue(
            PasswordRequest(attempt: attempt, purpose: .removal(id, LoopConfined(then))), about: id)
    }
}
