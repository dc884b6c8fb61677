import Chat

// What rooms read about other instances.
extension Phrases {
    /// Returns the sentence that messages of other instances are gone.
    func lostMessages(_ count: UInt64) -> String {
        let isOne = count == 1
        return say(
            "hasta \(count) \(isOne ? "mensaje perdido" : "mensajes perdidos") de otras instancias",
            "up to \(count) \(isOne ? "message" : "messages") of other instances lost")
    }

    /// Returns the sentence that other instances can't be reached.
    func fleetIsSilent(waiting count: Int) -> String {
        let spanish = count == 1 ? "; espera 1 mensaje" : "; esperan \(count) mensajes"
        let english = count == 1 ? "; 1 message waits" : "; \(count) messages wait"
        return say(
            "sin conexión con las otras instancias" + (count == 0 ? "" : spanish),
            "the other instances can't be reached" + (count == 0 ? "" : english))
    }

    /// Returns the sentence that they can be reached again.
    func fleetAnswers(waiting count: Int) -> String {
        let spanish = count == 1 ? "; sale 1 mensaje" : "; salen \(count) mensajes"
        let english = count == 1 ? "; 1 message goes out" : "; \(count) messages go out"
        return say(
            "otra vez hay conexión con las otras instancias" + (count == 0 ? "" : spanish),
            "the other instances can be reached again" + (count == 0 ? "" : english))
    }
}

// What rooms read about one of them.
extension Phrases {
    /// Returns the sentence that an instance gives no sign of life.
    func instanceIsSilent(_ name: String, _ people: Int) -> String {
        say("\(name) no responde", "\(name) does not answer") + count(people)
    }

    /// Returns the sentence that it does again.
    func instanceAnswers(_ name: String, _ people: Int) -> String {
        say("\(name) responde otra vez", "\(name) answers again") + count(people)
    }

    private func count(_ people: Int) -> String {
        switch people {
        case 0: ""
        case 1: say("; 1 persona", "; 1 person")
        default: say("; \(people) personas", "; \(people) people")
        }
    }
}

// What somebody reads about a private message.
extension Phrases {
    /// Returns the sentence that a private message was not delivered.
    func lostPrivateMessage(to name: String, _ loss: PrivateMessageFailure) -> String {
        if loss == .unanswered {
            return say(
                "no se sabe si tu mensaje privado a \(name) ha llegado: su instancia no contesta",
                "your private message to \(name) may not have arrived: their instance does not "
                    + "answer")
        }
        return say(
            "tu mensaje privado a \(name) no se ha entregado: \(reason(loss))",
            "your private message to \(name) was not delivered: \(reason(loss))")
    }

    private func reason(_ loss: PrivateMessageFailure) -> String {
        switch loss {
        case .unknown: say("ya no está", "they are gone")
        case .full: say("tiene demasiados sin leer", "they have too many unread messages")
        case .disconnected, .unanswered:
            say("sin conexión con las otras instancias", "the other instances can't be reached")
        case .refused(let code): say("allí no se acepta [\(code)]", "it is refused there [\(code)]")
        }
    }
}
