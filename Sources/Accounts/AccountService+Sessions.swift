import MessageBus

extension AccountService {
    /// Returns the token whose secret has this digest; `nil` if there is none.
    package func token(_ digest: [UInt8]) -> Token? {
        assertOwned()
        return tokens[digest]
    }

    /// Finds the account that a session is logged in to, and records that the session is used.
    ///
    /// `then` is called once, on the bus's loop.
    package func account(ofSession digest: [UInt8], then: @escaping (Account?) -> Void) {
        let now = now
        let answer = LoopConfined { [weak self] (id: AccountID?) in
            then(id.flatMap { self?.account($0) })
        }
        // In the order of the changes: observers learn later of a change that ends the session.
        run(
            { [accountStore] in
                try accountStore.readInOrder {
                    try $0.account(ofSession: digest, at: now)
                } then: {
                    answer.value($0)
                }
            }, failing: { answer.value(nil) })
    }

    /// Logs a session in, unless the account is gone or its password has changed since the loop
    /// learned that it was right.
    package func logIn(session digest: [UInt8], to id: AccountID) {
        guard let version = accounts.passwordVersion(of: id) else { return }
        let now = now
        run { [accountStore] in
            try accountStore.withStore {
                try $0.logIn(session: digest, to: id, passwordVersion: version, at: now)
            }
        }
    }

    /// Logs a session out.
    package func endSession(_ digest: [UInt8]) {
        run { [accountStore] in try accountStore.withStore { try $0.endSession(digest) } }
    }

    /// Records how far an account has read a room.
    package func recordSeen(_ number: MessageNumber, in room: String, by id: AccountID) {
        run { [accountStore] in
            try accountStore.withStore { try $0.recordSeen(number, in: room, by: id) }
        }
    }

    /// Finds how far an account has read, by room; `then` is called once, on the bus's loop.
    package func seen(by id: AccountID, then: @escaping ([String: MessageNumber]) -> Void) {
        ask(then, otherwise: [:]) { try $0.seen(by: id) }
    }
}
