/// A private message between two people, as it is stored for each of them who has an account.
package struct PrivateMessage: Sendable, Equatable {
    /// The sender or the receiver.
    package struct Party: Sendable, Hashable {
        /// The account; `nil` if the person was not logged in.
        package let account: AccountID?
        /// The name as people read it.
        package let name: String
        /// The name folded.
        package let key: String

        /// Makes a sender or a receiver.
        package init(account: AccountID?, name: String, key: String) {
            self.account = account
            self.name = name
            self.key = key
        }
    }

    /// Its number on the bus, which no other message has.
    package let number: MessageNumber
    /// The time at which it was said.
    package let time: Timestamp
    /// The sender.
    package let sender: Party
    /// The receiver.
    package let receiver: Party
    /// The text.
    package let text: String
    /// The message that it answers; `nil` if it answers none.
    package let reply: Quotation?

    /// Makes a message.
    package init(
        number: MessageNumber, time: Timestamp, from sender: Party, to receiver: Party,
        text: String, answering reply: Quotation? = nil
    ) {
        self.number = number
        self.time = time
        self.sender = sender
        self.receiver = receiver
        self.text = text
        self.reply = reply
    }
}
