import Locking
import MessageBus
import Sockets

/// Accounts in memory, whose passwords are compared as they are: for tests of who asks.
///
/// Answers come on the bus's loop, later, as those of the real service do. Safe from any thread.
package final class FakeAccounts: AccountDirectory {
    /// An answer, or the news of a change, on its way to the loop.
    struct Action: @unchecked Sendable {  // made and called on the loop only
        let call: () -> Void
    }

    struct Observer: @unchecked Sendable {  // called on the loop only
        let tell: (AccountChange) -> Void
    }

    struct State {
        var loop: EventLoop?
        var passwords: [AccountID: [UInt8]] = [:]
        var accounts: [AccountID: Account] = [:]
        var reserved: Set<String> = []
        var lastID: Int64 = 0
        var observers: [Observer] = []
        var isHeld = false
        var held: [Action] = []
        var wait: Int?
        var isBroken = false
        var stored: [PrivateMessage] = []
        var left: [PrivateMessage] = []
        var isVolatile = false
        var attempts: [LoginAttempt] = []
        var bans: [Ban] = []
        var mutes: [Mute] = []
        var sessions: [[UInt8]: AccountID] = [:]
        var seen: [AccountID: [String: MessageNumber]] = [:]
        var tokens: [[UInt8]: Token] = [:]
    }

    let state = Locked(State())
    /// The rules of bridge.json.
    package let policy: AccountPolicy

    /// Makes a directory with some accounts, by name and password.
    package init(
        _ accounts: [(name: String, password: String)] = [], isLoginRequired: Bool = false,
        isRegistrationOpen: Bool? = nil
    ) {
        var policy = AccountPolicy()
        policy.isLoginRequired = isLoginRequired
        policy.isRegistrationOpen = isRegistrationOpen ?? !isLoginRequired
        self.policy = policy
        for (name, password) in accounts { _ = insert(name, Array(password.utf8)) }
    }

    func answer(on loop: EventLoop) { state.withLock { $0.loop = loop } }

    private func insert(_ name: String, _ password: [UInt8]) -> Account? {
        state.withLock { state in
            let key = name.lowercased()
            guard !state.reserved.contains(key) else { return nil }
            state.lastID += 1
            let account = Account(
                id: AccountID(rawValue: state.lastID), name: name, key: key, role: .member)
            state.accounts[account.id] = account
            state.passwords[account.id] = password
            state.reserved.insert(key)
            return account
        }
    }

    // MARK: - What a test does

    /// Answers nothing until `release()`.
    package func hold() { state.withLock { $0.isHeld = true } }

    /// Answers what has waited, and all that comes.
    package func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for action in held { enqueue(action) }
    }

    /// Refuses to look at passwords from now on.
    ///
    /// - Parameter seconds: as too many tries; `nil`: looks at them again.
    package func limit(seconds: Int?) { state.withLock { $0.wait = seconds } }

    /// Fails as a full disk does.
    package func fail() { state.withLock { $0.isBroken = true } }

    /// Leaves no private messages, as without a store.
    package func forgetMessages() { state.withLock { $0.isVolatile = true } }

    /// Adds an account, as the command line does, and tells the bus.
    package func add(_ name: String, password: String) {
        later {
            if let account = self.insert(name, Array(password.utf8)) {
                self.tell(.created(account))
            }
        }
    }

    /// Adds an account of which the bus has not learned yet.
    package func addSilently(_ name: String, password: String) {
        _ = insert(name, Array(password.utf8))
    }

    /// Changes a password, as the command line does.
    package func setPassword(of name: String, to password: String) {
        later {
            guard let account = self.account(named: name.lowercased()) else { return }
            self.setPassword(of: account.id, to: Array(password.utf8))
            self.tell(.passwordChanged(account, except: 0))
        }
    }

    /// Renames an account, as the command line does.
    package func rename(_ name: String, to other: String) {
        later {
            guard let old = self.account(named: name.lowercased()) else { return }
            var account = old
            (account.name, account.key) = (other, other.lowercased())
            self.state.withLock { [account] state in
                state.accounts[old.id] = account
                state.reserved.remove(old.key)
                state.reserved.insert(account.key)
            }
            self.tell(.renamed(account, from: old))
        }
    }

    /// Removes an account, as the command line does.
    package func remove(_ name: String) {
        later {
            guard let account = self.account(named: name.lowercased()) else { return }
            self.forget(account)
            self.tell(.removed(account))
        }
    }

    private func setPassword(of id: AccountID, to bytes: [UInt8]) {
        state.withLock { state in
            state.passwords[id] = bytes
            state.sessions = state.sessions.filter { $0.value != id }
        }
    }

    private func forget(_ account: Account) {
        state.withLock { state in
            state.accounts[account.id] = nil
            state.passwords[account.id] = nil
            state.sessions = state.sessions.filter { $0.value != account.id }
        }
    }

    /// The private messages that are stored, those that wait included.
    package var storedTexts: [String] { state.withLock { $0.stored.map(\.text) } }

    /// The attempts at passwords, by folded name, address and connection.
    package var attempts: [LoginAttempt] { state.withLock { $0.attempts } }

    // MARK: - Answers

    private func later(_ action: @escaping () -> Void) { enqueue(Action(call: action)) }

    private func enqueue(_ action: Action) {
        state.withLock { $0.loop }?.perform { action.call() }
    }

    func answer(_ action: @escaping () -> Void) {
        let action = Action(call: action)
        let isHeld = state.withLock { state in
            if state.isHeld { state.held.append(action) }
            return state.isHeld
        }
        if !isHeld { enqueue(action) }
    }

    private func tell(_ change: AccountChange) {
        for observer in state.withLock({ $0.observers }) { observer.tell(change) }
    }

    private func isRight(_ password: Password, of id: AccountID) -> Bool {
        password.withBytes { Array($0) } == state.withLock { $0.passwords[id] }
    }

    // MARK: - AccountDirectory

    package func account(named key: String) -> Account? {
        state.withLock { $0.accounts.values.first { $0.key == key } }
    }

    package func account(nick: String) -> Account? {
        state.withLock { $0.accounts.values.first { NickForm.of($0.key) == nick } }
    }

    package func account(_ id: AccountID) -> Account? { state.withLock { $0.accounts[id] } }

    package func isReserved(_ key: String) -> Bool {
        let nick = NickForm.of(key)
        return state.withLock { $0.reserved.contains { NickForm.of($0) == nick } }
    }

    package func logIn(_ attempt: LoginAttempt, then: @escaping (LoginResult) -> Void) {
        state.withLock { $0.attempts.append(attempt) }
        answer {
            if self.state.withLock({ $0.isBroken }) { return then(.unavailable) }
            if let seconds = self.state.withLock({ $0.wait }) {
                return then(.rateLimited(seconds: seconds))
            }
            guard let account = self.account(named: attempt.key),
                self.isRight(attempt.password, of: account.id)
            else { return then(.failed) }
            then(.loggedIn(account))
        }
    }

    package func register(
        _ attempt: LoginAttempt, name: String, then: @escaping (RegistrationResult) -> Void
    ) {
        answer {
            if self.state.withLock({ $0.isBroken }) { return then(.unavailable) }
            let password = attempt.password.withBytes { Array($0) }
            guard let account = self.insert(name, password) else { return then(.reserved) }
            then(.registered(account))
            self.tell(.created(account))
        }
    }

    package func withdraw(_ id: AccountID, then: @escaping (ModerationResult) -> Void) {
        answer {
            guard let account = self.account(id) else { return then(.unknown) }
            self.forget(account)
            self.state.withLock { _ = $0.reserved.remove(account.key) }
            then(.done)
            self.tell(.removed(account))
        }
    }

    package func changePassword(
        of id: AccountID, old: Password, new: Password, from address: ClientAddress,
        connection: UInt64, then: @escaping (PasswordResult) -> Void
    ) {
        answer {
            guard let account = self.account(id), self.isRight(old, of: id) else {
                return then(.failed)
            }
            let bytes = new.withBytes { Array($0) }
            self.setPassword(of: id, to: bytes)
            then(.done)
            self.tell(.passwordChanged(account, except: connection))
        }
    }

    package func unregister(
        _ id: AccountID, password: Password, from address: ClientAddress, connection: UInt64,
        then: @escaping (PasswordResult) -> Void
    ) {
        answer {
            guard let account = self.account(id), self.isRight(password, of: id) else {
                return then(.failed)
            }
            if self.isLastAdmin(account) { return then(.refused) }
            self.forget(account)
            then(.done)
            self.tell(.removed(account))
        }
    }

    private func isLastAdmin(_ account: Account) -> Bool {
        account.role == .admin
            && state.withLock { $0.accounts.values.count { $0.role == .admin } == 1 }
    }

    package func observe(_ observer: @escaping (AccountChange) -> Void) {
        let observer = Observer(tell: observer)
        state.withLock { $0.observers.append(observer) }
    }

    // MARK: - Moderation

    package var bans: [Ban] { state.withLock { $0.bans } }
    package var mutes: [Mute] { state.withLock { $0.mutes } }

    package func ban(of address: ClientAddress) -> Ban? {
        bans.first {
            if case .addresses(let block) = $0.subject { return block.contains(address) }
            return false
        }
    }

    package func ban(ofName key: String) -> Ban? { bans.first { $0.subject == .name(key) } }
    package func mute(ofName key: String) -> Mute? { mutes.first { $0.key == key } }

    package func add(_ ban: Ban, then: @escaping (ModerationResult) -> Void) {
        answer {
            self.state.withLock { state in
                state.bans.removeAll { $0.subject == ban.subject }
                state.bans.append(ban)
            }
            then(.done)
            self.tell(.banned(ban))
        }
    }

    package func add(_ mute: Mute, then: @escaping (ModerationResult) -> Void) {
        answer {
            self.state.withLock { state in
                state.mutes.removeAll { $0.key == mute.key }
                state.mutes.append(mute)
            }
            then(.done)
            self.tell(.muted(mute))
        }
    }

    package func removeBan(
        of subject: Ban.Subject, then: @escaping (ModerationResult) -> Void
    ) {
        answer {
            let ban = self.bans.first { $0.subject == subject }
            self.state.withLock { $0.bans.removeAll { $0.subject == subject } }
            then(ban == nil ? .unknown : .done)
            if let ban { self.tell(.unbanned(ban)) }
        }
    }

    package func removeMute(ofName key: String, then: @escaping (ModerationResult) -> Void) {
        answer {
            let mute = self.mute(ofName: key)
            self.state.withLock { $0.mutes.removeAll { $0.key == key } }
            then(mute == nil ? .unknown : .done)
            if let mute { self.tell(.unmuted(mute)) }
        }
    }

    package func setRole(
        _ role: Role, of id: AccountID, then: @escaping (ModerationResult) -> Void
    ) {
        answer {
            guard let old = self.account(id) else { return then(.unknown) }
            guard role == .admin || !self.isLastAdmin(old) else { return then(.refused) }
            self.setRole(role, of: old)
            then(.done)
        }
    }

    /// Gives an account a role before anybody asks, as the command line does.
    package func give(_ role: Role, to name: String) {
        guard let account = account(named: name.lowercased()) else { return }
        state.withLock { $0.accounts[account.id]?.role = role }
    }

    private func setRole(_ role: Role, of old: Account) {
        state.withLock { $0.accounts[old.id]?.role = role }
        if let account = account(old.id) { tell(.roleChanged(account, from: old.role)) }
    }
}
