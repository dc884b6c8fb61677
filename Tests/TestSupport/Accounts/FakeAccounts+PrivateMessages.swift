import Locking
import MessageBus

extension FakeAccounts {
    package func save(_ message: PrivateMessage) { state.withLock { $0.stored.append(message) } }

    package func leave(_ message: PrivateMessage, then: @escaping (LeavingResult) -> Void) {
        let result = state.withLock { state -> LeavingResult in
            if state.isVolatile { return .unavailable }
            let waiting = state.left.filter { $0.receiver.account == message.receiver.account }
            let own = waiting.count { $0.sender.account == message.sender.account }
            if waiting.count >= 500 || own >= 50 { return .full }
            state.left.append(message)
            state.stored.append(message)
            return .left
        }
        answer { then(result) }
    }

    package func dequeueLeft(for id: AccountID, then: @escaping ([PrivateMessage]) -> Void) {
        let taken = state.withLock { state in
            defer { state.left.removeAll { $0.receiver.account == id } }
            return state.left.filter { $0.receiver.account == id }
        }
        answer { then(taken) }
    }

    package func privateMessages(
        of id: AccountID, with key: String, before number: MessageNumber, last count: Int,
        then: @escaping ([PrivateMessage]) -> Void
    ) {
        let other = account(named: key)
        let found = state.withLock { state in
            state.stored.filter { message in
                let parties = [message.sender, message.receiver]
                guard let own = parties.firstIndex(where: { $0.account == id }) else {
                    return false
                }
                let partner = parties[1 - own]
                return other == nil ? partner.key == key : partner.account == other?.id
            }
        }
        answer { then(found.suffix(count)) }
    }

    package func privateMessage(
        numbered number: MessageNumber, of id: AccountID, then: @escaping (PrivateMessage?) -> Void
    ) {
        let found = state.withLock { state in
            state.stored.first {
                $0.number == number && ($0.sender.account == id || $0.receiver.account == id)
            }
        }
        answer { then(found) }
    }

    package func deletePrivateMessage(
        numbered number: MessageNumber, by id: AccountID, saidSince earliest: Timestamp?,
        then: @escaping (PrivateDeletionResult) -> Void
    ) {
        answer {
            let result = self.state.withLock { state -> PrivateDeletionResult in
                let found = state.stored.first { message in
                    message.number == number
                        && [message.sender.account, message.receiver.account].contains(id)
                }
                guard let message = found else { return .unknown }
                if let earliest, message.sender.account != id || message.time < earliest {
                    return .forbidden
                }
                state.stored.removeAll { $0.number == number }
                state.left.removeAll { $0.number == number }
                return .deleted
            }
            then(result)
        }
    }
}
