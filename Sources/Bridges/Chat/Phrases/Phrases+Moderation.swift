import MessageBus

// The texts of answers to moderators, and to those they act on.
extension Phrases {
    /// After `[forbidden]`, for a command of moderators or admins.
    package func onlyFor(_ command: ChatCommand) -> String {
        command.roles == [.admin]
            ? say("Eso es para administradores.", "That is for admins.")
            : say("Eso es para moderadores.", "That is for moderators.")
    }

    /// After `[forbidden]`, before the connection of somebody banned is closed.
    package func banned(_ reason: String) -> String {
        reason.isEmpty ? say("Aquí no puedes entrar.", "You may not come in here.") : reason
    }

    /// After `[forbidden]`, before the connection of somebody who was kicked is closed.
    package func kicked(_ reason: String) -> String {
        reason.isEmpty ? say("Te han echado.", "You have been kicked.") : reason
    }

    /// After `[forbidden]`, for somebody who may not change names.
    package var muted: String {
        say(
            "Te han silenciado: ahora no puedes hablar ni cambiar de nombre.",
            "You are muted: you can neither speak nor change names now.")
    }

    /// After `[forbidden]`, for an act on somebody whose role is above it, or on oneself.
    package var canNotActOn: String {
        say("Sobre esa persona no puedes decidir.", "You can't act on that person.")
    }

    /// After `[forbidden]`, for somebody without a connection to close.
    package var canNotBeKicked: String {
        say(
            "No tiene una conexión que se pueda cerrar; prueba /mute o /ban",
            "There is no connection to close; try /mute or /ban")
    }

    /// After `[forbidden]`, for addresses that can't be banned.
    package var protectedAddress: String {
        say(
            "Eso os incluiría a ti, a esta máquina, a un proxy o a un moderador.",
            "That would ban you, this machine, a proxy or a moderator.")
    }

    /// After `[bad-arguments]`, for blocks that are too large.
    package var badBlock: String {
        say(
            "Un bloque va de /16 a /32, o de /32 a /64 en IPv6.",
            "A block is /16 to /32, or /32 to /64 in IPv6.")
    }

    /// After `[forbidden]`, for a role that an account can't have or give up.
    package var refusedRole: String {
        say(
            "No puede ser: es el último administrador, o su nombre es el de un puente o un token.",
            "Not possible: this is the last admin, or the name belongs to a bridge or a token.")
    }

    /// After `[unknown-user]`, for a name without an account.
    package var unknownAccount: String {
        say("No hay ninguna cuenta con ese nombre.", "There is no account with that name.")
    }

    /// After `[unknown-user]`, where there is nothing to lift.
    package var notRestricted: String {
        say("No hay ninguna prohibición así.", "There is no such ban or mute.")
    }

    /// After `[full]`.
    package var tooManyRestrictions: String {
        say("Hay demasiadas prohibiciones.", "There are too many bans and mutes.")
    }

    /// After `[ok]`.
    package func isKicked(_ name: String) -> String {
        say("Has echado a \(name).", "\(name) has been kicked.")
    }

    /// After `[ok]`, with the moment when it ends.
    package func isBanned(_ name: String, until end: String?) -> String {
        say("\(name) no puede entrar\(until(end)).", "\(name) is banned\(until(end)).")
    }

    /// After `[ok]`, with the moment when it ends.
    package func isMuted(_ name: String, until end: String?) -> String {
        say("\(name) no puede hablar\(until(end)).", "\(name) is muted\(until(end)).")
    }

    private func until(_ end: String?) -> String {
        end.map { say(" hasta \($0)", " until \($0)") } ?? ""
    }

    /// After `[ok]`.
    package func isFree(_ name: String) -> String {
        say("\(name): restricción retirada.", "\(name): restriction lifted.")
    }

    /// After `[ok]`.
    package func hasRole(_ name: String, _ role: Role) -> String {
        say("\(name) es \(role.rawValue).", "\(name) is \(role.rawValue).")
    }

    /// The text of an `[info]` line of `/bans`, for a ban.
    package func line(_ ban: Ban, until end: String?) -> String {
        line(say("prohibido", "banned"), ban.shown, by: ban.giver, until: end, ban.reason)
    }

    /// The text of an `[info]` line of `/bans`, for a mute.
    package func line(_ mute: Mute, until end: String?) -> String {
        line(say("silenciado", "muted"), mute.shown, by: mute.giver, until: end, "")
    }

    private func line(
        _ act: String, _ shown: String, by giver: String, until end: String?, _ reason: String
    ) -> String {
        let who = giver.isEmpty ? "" : say(" por \(giver)", " by \(giver)")
        return "\(shown): \(act)\(who)\(until(end))\(reason.isEmpty ? "" : ": \(reason)")"
    }

    // MARK: - Deletions

    /// After `[ok]`.
    package func deleted(number: MessageNumber) -> String {
        say("El mensaje #\(number) está borrado.", "Message #\(number) is deleted.")
    }

    /// After `[forbidden]`.
    package var canNotDelete: String {
        say(
            "Solo puedes borrar lo que has dicho tú hace menos de una hora.",
            "You can delete only your own messages, up to an hour old.")
    }

    /// The text after `[dropped]` if the store can't confirm the deletion.
    package var deletionIsLate: String {
        say(
            "Ya no se ve en el chat, pero aún no se ha borrado del disco.",
            "It no longer shows in the chat, but it may still be on the disk.")
    }

    // MARK: - Relays

    /// After `[forbidden]`, for a command of an account that speaks for others.
    package var noCommandsForRelays: String {
        say(
            "Una cuenta relay solo tiene /login y /quit; lo demás: NOMBRE: TEXTO",
            "A relay account has only /login and /quit; everything else: NAME: TEXT")
    }

    /// After `[forbidden]`, for a private message of an account that speaks for others.
    package var noPrivateMessagesForRelays: String {
        say(
            "Una cuenta relay no envía mensajes privados.",
            "A relay account sends no private messages.")
    }
}
