import MessageBus

extension AccountService {
    /// The most messages that may wait for one receiver: from one sender, and from all.
    private static let maxOfSender = 50
    private static let maxWaiting = 500

    /// Stores a private message unless neither sender nor receiver has an account.
    package func save(_ message: PrivateMessage) {
        guard message.sender.account != nil || message.receiver.account != nil else { return }
        run { [accountStore] in try accountStore.withStore { try $0.save(message, isLeft: false) } }
    }

    /// Stores a private message for somebody who is away; `then` is called on the bus's loop.
    package func leave(_ message: PrivateMessage, then: @escaping (LeavingResult) -> Void) {
        let then = LoopConfined(then)
        guard settings.outlivesProcess, let sender = message.sender.account,
            let receiver = message.receiver.account
        else { return environment.post { then.value(.unavailable) } }
        run(
            { [accountStore, environment] in
                let result = try accountStore.withStore { store -> LeavingResult in
                    let waiting = try store.waitingCount(for: receiver, from: sender)
                    guard waiting.all < Self.maxWaiting, waiting.ofSender < Self.maxOfSender
                    else {
                        return .full
                    }
                    try store.save(message, isLeft: true)
                    return .left
                }
                environment.post { then.value(result) }
            }, failing: { then.value(.unavailable) })
    }

    /// Returns the messages left for an account while its owner was away, the oldest first; from
    /// then on they are no longer left, but kept like all others.
    package func dequeueLeft(for id: AccountID, then: @escaping ([PrivateMessage]) -> Void) {
        ask(then, otherwise: []) { try $0.dequeueWaiting(for: id) }
    }

    /// Reads the last private messages between an account and somebody with a folded name, the
    /// oldest first; `then` is called with them on the bus's loop, with none if the store fails.
    package func privateMessages(
        of id: AccountID, with key: String, before number: MessageNumber, last count: Int,
        then: @escaping ([PrivateMessage]) -> Void
    ) {
        let other = account(named: key)?.id
        ask(then, otherwise: []) {
            try $0.privateMessages(of: id, with: other, key: key, before: number, last: count)
        }
    }

    /// Returns the private messages of an account after a number and since a time, the oldest
    /// first; only the newest of them if there are too many.
    package func privateMessages(
        of id: AccountID, after number: MessageNumber, since time: Timestamp, atMost count: Int,
        then: @escaping ([PrivateMessage]) -> Void
    ) {
        ask(then, otherwise: []) {
            try $0.privateMessages(of: id, after: number, since: time, atMost: count)
        }
    }

    /// Returns a private message by its number, if the account is one of the two.
    package func privateMessage(
        numbered number: MessageNumber, of id: AccountID, then: @escaping (PrivateMessage?) -> Void
    ) {
        ask(then, otherwise: nil) { try $0.privateMessage(numbered: number, of: id) }
    }

    /// Deletes a private message by its number, for both of the two.
    package func deletePrivateMessage(
        numbered number: MessageNumber, by id: AccountID, saidSince earliest: Timestamp?,
        then: @escaping (PrivateDeletionResult) -> Void
    ) {
        ask(then, otherwise: .unavailable) {
            try $0.deletePrivateMessage(numbered: number, by: id, saidSince: earliest)
        }
    }

    /// Asks the store, and answers on the loop.
    func ask<Answer: Sendable>(
        _ then: @escaping (Answer) -> Void, otherwise answer: Answer,
        _ question: @escaping @Sendable (any AccountStore) throws -> Answer
    ) {
        let then = LoopConfined(then)
        run(
            { [accountStore, environment] in
                let found = try accountStore.withStore(question)
                environment.post { then.value(found) }
            }, failing: { then.value(answer) })
    }
}
