import Accounts
import Glibc
import Locking
import MessageBus
import Sockets
import Store
import TestSupport
import Testing

/// An account service on a loop of its own, whose passwords are hashed when a test says so.
///
/// Safe from any thread.
final class AccountHost: Sendable {
    let loop: EventLoop
    let clock: ManualClock
    let hashing = FakeHashing()
    let log = LogRecorder()
    let service: AccountService
    private let observed = Observed()
    private let interruption: Interruption
    private let hashers: Hashers

    /// Something that happens once, before the next answer is on its way to the loop.
    private final class Interruption: Sendable {
        let action = Locked<(@Sendable () -> Void)?>(nil)
    }

    /// The threads that hash passwords.
    private final class Hashers: Sendable {
        private let state = Locked((started: 0, statuses: [ThreadStatus]()))

        /// True if each sleeps or has ended.
        var areAsleep: Bool {
            state.withLock { state in
                state.statuses.count == state.started
                    && state.statuses.allSatisfy { $0.isAsleep || $0.hasEnded }
            }
        }

        func start(_ body: @escaping @Sendable () -> Void) throws {
            state.withLock { $0.started += 1 }
            try DedicatedThread.start(named: "passwords") {
                let status = ThreadStatus()
                self.state.withLock { $0.statuses.append(status) }
                body()
            }
        }
    }

    private final class Observed: Sendable {
        let changes = Locked<[AccountChange]>([])
    }

    init(
        store: any AccountStore, _ settings: AccountSettings = AccountSettings(),
        clock: ManualClock = ManualClock(), hashers: Int = 1
    ) throws {
        self.clock = clock
        let loop = try EventLoop(clock: clock)
        self.loop = loop
        let interruption = Interruption()
        self.interruption = interruption
        let threads = Hashers()
        self.hashers = threads
        var environment = AccountEnvironment(
            post: { action in
                let interrupt = interruption.action.withLock { $0.take() }
                interrupt?()
                loop.perform(action)
            },
            startThread: { name, body in
                if name == "passwords" { return try threads.start(body) }
                try DedicatedThread.start(named: name, body)
            }, assertOwned: { loop.assertOwned() }, clock: clock)
        environment.log = log.log
        environment.hashers = hashers
        service = AccountService(
            store, settings, hashing: hashing.functions, environment: environment)
        service.open()
        try loop.start(named: "accounts test")
        loop.perform { [service, observed] in
            service.observe { change in observed.changes.withLock { $0.append(change) } }
        }
    }

    /// Makes a service with a store in memory.
    convenience init(
        _ settings: AccountSettings = AccountSettings(), hashers: Int = 1
    ) throws {
        try self.init(store: SQLiteAccountStore(), settings, hashers: hashers)
    }

    deinit {
        hashing.open()
        service.close()
        loop.stop()
    }

    /// The changes that the service has told of so far.
    var changes: [AccountChange] { observed.changes.withLock { $0 } }

    /// Does something on the thread that has the next answer, before the loop gets it.
    func beforeNextPost(_ action: @escaping @Sendable () -> Void) {
        interruption.action.withLock { $0 = action }
    }

    /// Blocks until the threads that hash passwords have ended, or are held up.
    func waitForHashers() { while !hashers.areAsleep { sched_yield() } }

    /// Asks on the loop, and returns the answer.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (AccountService, @escaping (Answer) -> Void) -> Void
    ) async -> Answer {
        await withCheckedContinuation { continuation in
            loop.perform { [service] in
                // A second answer would trap.
                question(service) { continuation.resume(returning: $0) }
            }
        }
    }

    /// Asks on the loop for something that is there at once.
    func look<Answer: Sendable>(
        _ question: @escaping @Sendable (AccountService) -> Answer
    ) async -> Answer {
        await ask { service, then in then(question(service)) }
    }

    func logIn(
        _ key: String, _ password: String = "password", at address: ClientAddress = .first,
        connection: UInt64 = 1
    ) async -> LoginResult {
        await ask { service, then in
            service.logIn(
                LoginAttempt(
                    key: key, password: .make(password), address: address, connection: connection),
                then: then)
        }
    }

    func register(
        _ name: String, _ password: String = "password", at address: ClientAddress = .first,
        connection: UInt64 = 1
    ) async -> RegistrationResult {
        await ask { service, then in
            service.register(
                LoginAttempt(
                    key: name.lowercased(), password: .make(password), address: address,
                    connection: connection),
                name: name, then: then)
        }
    }

    /// Registers somebody and returns the account.
    func made(_ name: String, at address: ClientAddress = .first) async throws -> Account {
        guard case .registered(let account) = await register(name, at: address) else {
            throw NoAccount()
        }
        return account
    }

    struct NoAccount: Error {}
}

extension Password {
    static func make(_ text: String) -> Password {
        var text = text
        let password = text.withUTF8 { Password(composed: UnsafeRawBufferPointer($0)) }
        guard let password else { preconditionFailure("a test's password is none: \(text)") }
        return password
    }
}

extension ClientAddress {
    static let first = ClientAddress(ipv4: 0xC000_0201)
    static let second = ClientAddress(ipv4: 0xC000_0202)

    /// One of 65,536 addresses.
    static func numbered(_ number: Int) -> ClientAddress {
        ClientAddress(ipv4: 0x0A00_0000 + UInt32(number))
    }
}
