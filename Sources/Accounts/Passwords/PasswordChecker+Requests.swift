import MessageBus

// The work of each kind of request, on a thread of the checker.
extension PasswordChecker {
    /// Checks a login.
    func logIn(
        _ request: PasswordRequest, then: @escaping @Sendable (LoginResult) -> Void
    ) throws {
        let attempt = request.attempt
        guard let right = try checked(request, { try $0.credentials(ofName: attempt.key) }) else {
            return post(LoginResult.failed, then)
        }
        let old = right.credentials.password
        let stronger = hashing.isWeak(old) ? hashing.hash(attempt.password) : nil
        try accountStore.readInOrder { store -> LoginResult in
            guard let present = try present(right, request, in: store) else { return .failed }
            let id = present.account.id
            // A login works also while nothing can be written.
            self.logFailure {
                try store.recordLogin(of: id, at: attempt.address, time: now)
                if let stronger { try store.rehash(stronger, replacing: old, of: id) }
            }
            recordLogin(of: id, at: attempt.address)
            return .loggedIn(present.account)
        } then: {
            then($0)
        }
    }

    /// Makes an account.
    func register(
        _ request: PasswordRequest, name: String,
        then: @escaping @Sendable (RegistrationResult) -> Void
    ) throws {
        let attempt = request.attempt
        try recordRegistration(request)
        let hash = try hashed(attempt.password)
        try accountStore.change { store -> RegistrationResult in
            switch try store.create(
                name, key: attempt.key, role: .member, password: hash, at: now)
            {
            case .nameIsRegistered, .nameIsReserved: return .reserved
            case .created(let account):
                self.logFailure {
                    try store.recordLogin(of: account.id, at: attempt.address, time: now)
                }
                recordLogin(of: account.id, at: attempt.address)
                return .registered(account)
            }
        } then: {
            then($0)
        }
    }

    /// Changes a password.
    func change(
        _ request: PasswordRequest, of id: AccountID, to password: Password,
        then: @escaping @Sendable (PasswordResult) -> Void
    ) throws {
        guard let right = try checked(request, { try $0.credentials(of: id) }) else {
            return post(PasswordResult.failed, then)
        }
        let hash = try hashed(password)
        try accountStore.change(by: request.attempt.connection) { store -> PasswordResult in
            guard try present(right, request, in: store) != nil else { return .failed }
            return try store.setPassword(hash, of: id) ? .done : .failed
        } then: {
            then($0)
        }
    }

    /// Removes an account.
    func remove(
        _ request: PasswordRequest, _ id: AccountID,
        then: @escaping @Sendable (PasswordResult) -> Void
    ) throws {
        guard let right = try checked(request, { try $0.credentials(of: id) }) else {
            return post(PasswordResult.failed, then)
        }
        try accountStore.change { store -> PasswordResult in
            guard try present(right, request, in: store) != nil else { return .failed }
            if try store.isLastAdmin(id) { return .refused }
            return try store.remove(id, at: now) ? .done : .failed
        } then: {
            then($0)
        }
    }

    private func post<Result: Sendable>(
        _ result: Result, _ then: @escaping @Sendable (Result) -> Void
    ) {
        environment.post { then(result) }
    }

    private var now: Timestamp { environment.wall() }

    private func hashed(_ password: Password) throws -> String {
        guard let hash = hashing.hash(password) else { throw NoMemory() }
        return hash
    }

    private struct NoMemory: Error, CustomStringConvertible {
        let description = "accounts: there is no memory to hash a password: 19 MiB are needed"
    }
}
