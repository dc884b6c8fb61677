import Glibc
import Locking
import MessageBus

/// The checker of passwords, which works on threads of its own, within limits.
///
/// Safe from any thread. A thread exists only while requests wait; it has a low priority, because
/// whoever talks goes before whoever logs in.
final class PasswordChecker: Sendable {
    private struct State {
        var queue = PasswordQueue<PasswordRequest>()
        var attempts = AttemptCounters()
        var logins = LoginAddresses()
        var running = 0
        var isClosed = false
    }

    private let state = Locked(State())
    let accountStore: SharedAccountStore
    let hashing: PasswordHashing
    let environment: AccountEnvironment
    private let failures: ThrottledLog
    /// The hash that unknown names are compared with, once it is made.
    private let decoy = Locked<String?>(nil)

    /// Seconds after which a request that did not fit in the queue is worth another try: hashing 32
    /// passwords takes about that long.
    private static let queueSeconds = 2
    /// Added to the nice value of a hashing thread: at 10, a busy core gives it a tenth.
    private static let niceness: Int32 = 10

    init(
        _ accountStore: SharedAccountStore, hashing: PasswordHashing,
        environment: AccountEnvironment
    ) {
        self.accountStore = accountStore
        self.hashing = hashing
        self.environment = environment
        failures = ThrottledLog(environment.log)
    }

    // MARK: - Limits

    /// Restores the counters of an earlier process, and the addresses from which accounts logged
    /// in.
    func restore(_ stored: [StoredAttempts]) {
        let now = environment.steady()
        // There may be no file yet.
        let logins = try? accountStore.withStore {
            LoginAddresses(try $0.loginAddresses(atMost: LoginAddresses.maxStored))
        }
        state.withLock { state in
            state.attempts = AttemptCounters(stored, at: now)
            if let logins { state.logins = logins }
        }
    }

    /// Remembers the address from which an account was logged in to.
    func recordLogin(of id: AccountID, at address: ClientAddress) {
        state.withLock { $0.logins.record(id, at: address) }
    }

    /// Returns the seconds until the password of a request may be checked, `isKnown` being the
    /// store's answer, `nil` before it was asked.
    private func wait(
        _ request: PasswordRequest, isKnown: Bool? = nil, _ attempts: AttemptCounters
    ) -> Int? {
        let (attempt, now) = (request.attempt, environment.steady())
        if case .registration = request.purpose {
            return attempts.secondsUntilRegistration(at: attempt.address, now: now)
        }
        return attempts.secondsUntilLogin(
            of: attempt.key, at: attempt.address, isKnown: isKnown, now: now)
    }

    // MARK: - The queue

    /// Takes a request, or refuses it or another one; on the loop.
    ///
    /// - Parameter account: the account that it is about; `nil` if there is none of that name.
    func enqueue(_ request: PasswordRequest, about account: AccountID? = nil) {
        let now = environment.steady()
        typealias Refused = (request: PasswordRequest, refusal: PasswordRequest.Refusal)
        let queueIsFull = PasswordRequest.Refusal.rateLimited(seconds: Self.queueSeconds)
        let (refused, starts) = state.withLock { state -> (Refused?, Bool) in
            if state.isClosed { return ((request, .unavailable), false) }
            if let seconds = wait(request, state.attempts) {
                return ((request, .rateLimited(seconds: seconds)), false)
            }
            let (address, logins) = (request.attempt.address, state.logins)
            let admission = state.queue.enqueue(
                request, from: address, connection: request.attempt.connection,
                isKnown: account.map { logins.contains($0, at: address) } ?? false
            ) { [attempts = state.attempts] in attempts.recentFailures(at: $0, now: now) }
            let starts = state.running < environment.hashers
            switch admission {
            case .refused: return ((request, queueIsFull), false)
            case .waits:
                if starts { state.running += 1 }
                return (nil, starts)
            case .waitsInsteadOf(let other):
                if starts { state.running += 1 }
                return ((other, queueIsFull), starts)
            }
        }
        if let refused { refuse(refused.request, refused.refusal) }
        if starts { start() }
    }

    private func refuse(_ request: PasswordRequest, _ refusal: PasswordRequest.Refusal) {
        environment.post { request.refuse(refusal) }
    }

    private func start() {
        do {
            try environment.startThread("passwords") { self.run() }
        } catch {
            failures.error(cause: "thread", "accounts: \(error)")
            let left = state.withLock { state in
                state.running -= 1
                return state.running == 0 ? state.queue.removeAll() : []
            }
            for request in left { refuse(request, .unavailable) }
        }
    }

    private func run() {
        // This thread only: on Linux each has its own nice value.
        _ = nice(Self.niceness)
        // Made before anything is checked, so that the first unknown name does not take longer.
        _ = decoyHash
        while let request = next() {
            serve(request)
            state.withLock { $0.queue.finish(from: request.attempt.address) }
        }
    }

    private func next() -> PasswordRequest? {
        let now = environment.steady()
        return state.withLock { state in
            let request = state.queue.next { [attempts = state.attempts] in
                attempts.recentFailures(at: $0, now: now)
            }
            if request == nil { state.running -= 1 }
            return request
        }
    }

    /// Refuses all that wait, and what comes from now on.
    func close() {
        let left = state.withLock { state in
            state.isClosed = true
            return state.queue.removeAll()
        }
        for request in left { refuse(request, .unavailable) }
    }

    // MARK: - One request

    private func serve(_ request: PasswordRequest) {
        do {
            switch request.purpose {
            case .login(let then): try logIn(request, then: answering(request, then))
            case .registration(let name, let then):
                try register(request, name: name, then: answering(request, then))
            case .newPassword(let id, let password, let then):
                try change(request, of: id, to: password, then: answering(request, then))
            case .removal(let id, let then):
                try remove(request, id, then: answering(request, then))
            }
        } catch let refused as Refused {
            release(request)
            refuse(request, .rateLimited(seconds: refused.seconds))
        } catch {
            log(error)
            release(request)
            refuse(request, .unavailable)
        }
    }

    /// Returns a function that answers a request, and first lets its connection ask again.
    private func answering<Result>(
        _ request: PasswordRequest, _ then: LoopConfined<(Result) -> Void>
    ) -> @Sendable (Result) -> Void {
        { result in
            self.release(request)
            then.value(result)
        }
    }

    private func release(_ request: PasswordRequest) {
        state.withLock { $0.queue.release(connection: request.attempt.connection) }
    }

    /// The hash that unknown names are compared with, so that they take as long as others.
    private var decoyHash: String {
        decoy.withLock { decoy in
            if decoy == nil {
                decoy = unsafe Array("no-account".utf8).withUnsafeBytes { Password(composed: $0) }
                    .flatMap { hashing.hash($0) }
            }
            return decoy ?? ""
        }
    }

    /// Logs a failure of the store.
    private func log(_ error: any Error) {
        failures.error(cause: "accounts", "\(error)")
    }

    /// Runs a function of the store, and only logs a failure, because everything else can go on
    /// without it.
    func logFailure(of body: () throws -> Void) {
        do { try body() } catch { log(error) }
    }

    private func save(_ changes: AttemptCounters.Changes, in store: any AccountStore) throws {
        if changes.isEmpty { return }
        try store.save(changes.changed, forgetting: changes.forgotten)
    }

    /// A password that was right when it was looked at.
    struct RightPassword {
        /// The account's credentials, as they were then.
        let credentials: Credentials
        fileprivate let isKnown: Bool
    }

    /// Checks the password of a request.
    ///
    /// It may have changed by the time that this is known: `present` is to be asked before anything
    /// is done. Returns `nil` if it is wrong or there is no such account; throws `Refused` if it
    /// may not be checked.
    func checked(
        _ request: PasswordRequest, _ find: (any AccountStore) throws -> Credentials?
    ) throws -> RightPassword? {
        let attempt = request.attempt
        let (credentials, isKnown) = try accountStore.withStore { store in
            let credentials = try find(store)
            let isKnown = try credentials.map {
                try store.wasLoggedIn($0.account.id, at: attempt.address)
            }
            return (credentials, isKnown ?? false)
        }
        // Asked again: others of this name may have failed while this one waited.
        let seconds = state.withLock { wait(request, isKnown: isKnown, $0.attempts) }
        if let seconds { throw Refused(seconds: seconds) }
        let isRight = hashing.isHash(credentials?.password ?? decoyHash, attempt.password)
        guard let credentials, isRight else {
            let changes = record(request, isRight: false, isKnown: isKnown)
            logFailure { try accountStore.withStore { try save(changes, in: $0) } }
            return nil
        }
        return RightPassword(credentials: credentials, isKnown: isKnown)
    }

    /// Counts a password as right, or as wrong if it was changed while it was checked; returns the
    /// present credentials, `nil` in the second case.
    ///
    /// - Parameter store: the store, which nobody else uses until the request is done.
    func present(
        _ right: RightPassword, _ request: PasswordRequest, in store: any AccountStore
    ) throws -> Credentials? {
        let found = try store.credentials(of: right.credentials.account.id)
        // Another login may have made the hash stronger: that is the same password.
        let isRight = found?.passwordVersion == right.credentials.passwordVersion
        let changes = record(request, isRight: isRight, isKnown: right.isKnown)
        logFailure { try save(changes, in: store) }
        return isRight ? found : nil
    }

    private func record(
        _ request: PasswordRequest, isRight: Bool, isKnown: Bool
    ) -> AttemptCounters.Changes {
        let (attempt, now) = (request.attempt, environment.steady())
        return state.withLock { state in
            if isRight {
                return state.attempts.recordSuccess(of: attempt.key, at: attempt.address)
            }
            return state.attempts.recordFailure(
                of: attempt.key, at: attempt.address, isKnown: isKnown, now: now)
        }
    }

    /// Counts a registration; throws `Refused` if there were too many.
    func recordRegistration(_ request: PasswordRequest) throws {
        let (address, now) = (request.attempt.address, environment.steady())
        let (seconds, changes) = state.withLock { state in
            if let seconds = state.attempts.secondsUntilRegistration(at: address, now: now) {
                return (seconds as Int?, AttemptCounters.Changes())
            }
            return (nil, state.attempts.recordRegistration(at: address, now: now))
        }
        if let seconds { throw Refused(seconds: seconds) }
        logFailure { try accountStore.withStore { try save(changes, in: $0) } }
    }

    private struct Refused: Error {
        let seconds: Int
    }
}
