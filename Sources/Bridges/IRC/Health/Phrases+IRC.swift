import Chat
import MessageBus

// The bus's sentences about a network of IRC in a room, and a line for a channel.
extension Phrases {
    /// The line that stands for others that are too old to be said now.
    func leftOut(_ lines: Int) -> String {
        let noun = lines == 1 ? say("línea", "line") : say("líneas", "lines")
        return "[… \(lines) \(noun)]"
    }

    /// Says that a server has not answered for a while.
    func serverIsSilent(_ server: String) -> String {
        say("\(server) no responde.", "\(server) does not answer.")
    }

    /// Says that a server answers again.
    func serverAnswers(_ server: String) -> String {
        say("\(server) responde de nuevo.", "\(server) answers again.")
    }

    /// Says that somebody else has the nick.
    func nickIsTaken(_ nick: String, _ other: String, on server: String) -> String {
        say(
            "El apodo \(nick) está ocupado en \(server): aquí se habla como \(other).",
            "The nick \(nick) is in use on \(server): the bridge is called \(other) there for now.")
    }

    /// Says that the nick is free again.
    func nickIsBack(_ nick: String, on server: String) -> String {
        say(
            "De nuevo con el apodo \(nick) en \(server).", "The nick is \(nick) on \(server) again."
        )
    }

    /// Says that a channel does not let the bridge in.
    func channelIsClosed(_ channel: String, _ reason: String) -> String {
        say("No se puede entrar en \(channel): \(reason)", "\(channel) can't be joined: \(reason)")
    }

    /// Says that somebody has kicked the bridge from a channel.
    func kicked(from channel: String, by name: String, _ reason: String) -> String {
        say(
            "\(name) ha expulsado a este puente de \(channel): \(reason)",
            "\(name) has kicked this bridge from \(channel): \(reason)")
    }

    /// Says that the bridge is in a channel again.
    func channelIsOpen(_ channel: String) -> String {
        say("De nuevo en \(channel).", "In \(channel) again.")
    }

    /// Says that a channel takes nothing from the bridge.
    func channelIsMuted(_ channel: String, _ reason: String) -> String {
        say(
            "\(channel) no acepta mensajes: \(reason)",
            "\(channel) is not accepting messages: \(reason)")
    }

    /// Says that a channel will never take a message.
    func channelRejects(_ channel: String, _ name: String, _ reason: String) -> String {
        say(
            "\(channel) no acepta un mensaje de \(name): \(reason)",
            "\(channel) does not accept a message from \(name): \(reason)")
    }

    /// Says that a channel takes messages again.
    func channelListens(_ channel: String) -> String {
        say("\(channel) acepta mensajes de nuevo.", "\(channel) accepts messages again.")
    }

    /// Says that people are gone with a part of the network.
    func networkIsSplit(_ people: Int, _ channel: String, _ servers: String) -> String {
        let count =
            people == 1
            ? say("1 persona", "1 person") : say("\(people) personas", "\(people) people")
        return say(
            "La red se ha partido (\(servers)): \(channel) pierde a \(count).",
            "The network has split (\(servers)): \(channel) has lost \(count).")
    }

    /// Says that they are back.
    func networkIsWhole(_ people: Int, _ channel: String) -> String {
        let count =
            people == 1
            ? say("1 persona", "1 person") : say("\(people) personas", "\(people) people")
        return say(
            "La red se ha unido: \(channel) recupera a \(count).",
            "The network is whole again: \(count) back in \(channel).")
    }
}
