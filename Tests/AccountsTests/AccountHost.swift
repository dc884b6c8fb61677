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

    /// Something that happens once, before the next answer is on its way to the loop.
    private final class Interruption: Sendable {
        let action = Locked<(@Sendable () -> Void)?>(nil)
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
        var environment = AccountEnvironment(
            post: { action in
                let interrupt = interruption.action.withLock { $0.take() }
                interrupt?()
                loop.perform(action)
            }, startThread: DedicatedThread.start, wall: clock.wall,
            steady: clock.wall)
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

/// A hash that takes no time, or as long as a test wants.
///
/// Safe from any thread.
final class FakeHashing: Sendable {
    private struct State {
        var isClosed = false
        var allowed = 0
        var looks = 0
        var waiting = 0
        var parameters = 1
    }

    private let state = Locked(State())
    /// Passwords that were compared so far, decoys included.
    var looks: Int { state.withLock { $0.looks } }

    /// Returns when so many comparisons wait to begin.
    func untilSomeWait(_ count: Int = 1) async {
        while state.withLock({ $0.waiting < count }) { await Task.yield() }
    }

    /// Returns the hash of a password.
    func hash(_ password: String) throws -> String {
        try #require(functions.hash(.make(password)))
    }

    /// Lets no comparison begin from now on.
    func close() { state.withLock { $0.isClosed = true } }

    /// Lets all comparisons begin.
    func open() { state.withLock { $0.isClosed = false } }

    /// Lets a number of comparisons begin.
    func allow(_ count: Int) { state.withLock { $0.allowed += count } }

    /// Makes all hashes so far weak.
    func raiseParameters() { state.withLock { $0.parameters += 1 } }

    var functions: PasswordHashing {
        PasswordHashing(
            hash: { password in
                let parameters = self.state.withLock { $0.parameters }
                return "fake\(parameters):" + Self.text(password)
            },
            isHash: { hash, password in
                self.pass()
                self.state.withLock { $0.looks += 1 }
                return hash.split(separator: ":").last.map(String.init) == Self.text(password)
            },
            isWeak: { hash in
                hash.hasPrefix("fake\(self.state.withLock { $0.parameters }):") == false
            })
    }

    private func pass() {
        state.withLock { $0.waiting += 1 }
        defer { state.withLock { $0.waiting -= 1 } }
        while true {
            let mayPass = state.withLock { state in
                if !state.isClosed { return true }
                guard state.allowed > 0 else { return false }
                state.allowed -= 1
                return true
            }
            if mayPass { return }
            // A thread of the test's own that stands for one that computes.
            usleep(1_000)
        }
    }

    private static func text(_ password: Password) -> String {
        password.withBytes { bytes in bytes.map { String($0, radix: 16) }.joined(separator: "-") }
    }
}
