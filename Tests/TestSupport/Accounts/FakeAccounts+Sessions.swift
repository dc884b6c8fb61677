import Locking
import MessageBus

// Sessions, tokens, and private messages since a moment.
extension FakeAccounts {
    package func account(ofSession digest: [UInt8], then: @escaping (Account?) -> Void) {
        answer {
            then(
                self.state.withLock { state in
                    state.sessions[digest].flatMap { state.accounts[$0] }
                })
        }
    }

    package func logIn(session digest: [UInt8], to id: AccountID) {
        state.withLock { $0.sessions[digest] = id }
    }

    package func endSession(_ digest: [UInt8]) { state.withLock { $0.sessions[digest] = nil } }

    /// Adds a token, as the command line does.
    package func add(_ token: Token, digest: [UInt8]) {
        state.withLock { $0.tokens[digest] = token }
    }

    package func token(_ digest: [UInt8]) -> Token? { state.withLock { $0.tokens[digest] } }

    package func claim(_ keys: Set<String>) -> String? {
        state.withLock { state in
            let taken = state.tokens.values.first { keys.contains($0.key) }
            return taken.map { "\($0.name) is the name of a token" }
        }
    }

    package func speaksForOthers(_ key: String) -> Bool {
        state.withLock { state in
            state.tokens.values.contains { $0.key == key }
                || state.accounts.values.contains { $0.key == key && $0.role == .relay }
        }
    }

    package func recordSeen(_ number: MessageNumber, in room: String, by id: AccountID) {
        state.withLock { state in
            state.seen[id, default: [:]][room] = max(number, state.seen[id]?[room] ?? 0)
        }
    }

    package func seen(by id: AccountID, then: @escaping ([String: MessageNumber]) -> Void) {
        answer { then(self.state.withLock { $0.seen[id] ?? [:] }) }
    }

    package func privateMessages(
        of id: AccountID, after number: MessageNumber, since time: Timestamp, atMost count: Int,
        then: @escaping ([PrivateMessage]) -> Void
    ) {
        let found = state.withLock { state in
            state.stored.filter {
                $0.number > number && $0.time.milliseconds >= time.milliseconds
                    && ($0.sender.account == id || $0.receiver.account == id)
            }
        }
        answer { then(found.suffix(count)) }
    }
}
