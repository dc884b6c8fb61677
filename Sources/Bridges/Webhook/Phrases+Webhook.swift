import Chat

// The bus's sentences about receivers of messages, in a room.
extension Phrases {
    /// Says that a receiver does not take some messages.
    func webhookRejects(_ count: Int, _ receiver: String, _ answer: String) -> String {
        let status = answer.split(separator: " ").last.map(String.init) ?? answer
        return count == 1
            ? say(
                "\(receiver) no acepta un mensaje (responde \(status)); se omite.",
                "\(receiver) does not accept a message (it answers \(status)); it is passed over.")
            : say(
                "\(receiver) no acepta \(count) mensajes (responde \(status)); se omiten.",
                "\(receiver) does not accept \(count) messages (it answers \(status)); they are passed over."
            )
    }

    /// Says that messages were not delivered because the receiver has not taken them for too long.
    func webhookGivesUp(_ count: Int, _ receiver: String) -> String {
        count == 1
            ? say(
                "\(receiver) no acepta nada hace tiempo; un mensaje no se le ha entregado.",
                "\(receiver) has accepted nothing for a long time; a message was not "
                    + "delivered to it.")
            : say(
                "\(receiver) no acepta nada hace tiempo; \(count) mensajes no se le han entregado.",
                "\(receiver) has accepted nothing for a long time; \(count) messages were not "
                    + "delivered to it.")
    }

    /// Says that a receiver wants no more messages.
    func webhookGone(_ receiver: String) -> String {
        say(
            "\(receiver) no quiere más mensajes (410); ya no se le envían.",
            "\(receiver) wants no more messages (410); they are no longer sent.")
    }
}
