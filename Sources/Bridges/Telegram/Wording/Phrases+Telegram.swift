import Chat
import MessageBus

// Words for messages that are no text.
extension Phrases {
    var unsupported: String { say("mensaje no compatible", "unsupported message") }
    var photo: String { say("foto", "photo") }
    var video: String { say("vídeo", "video") }
    var videoNote: String { say("videomensaje", "video message") }
    var animation: String { "GIF" }
    var sticker: String { "sticker" }
    var voice: String { say("mensaje de voz", "voice message") }
    var audio: String { say("audio", "audio") }
    var document: String { say("documento", "document") }
    var location: String { say("ubicación", "location") }
    var liveLocation: String { say("ubicación en directo", "live location") }
    var venue: String { say("lugar", "venue") }
    var contact: String { say("contacto", "contact") }
    var poll: String { say("encuesta", "poll") }
    var checklist: String { say("lista de tareas", "checklist") }
    var dice: String { say("dado", "dice") }
    var game: String { say("juego", "game") }
    var story: String { say("historia", "story") }
    var invoice: String { say("factura", "invoice") }
    var paidMedia: String { say("contenido de pago", "paid media") }
    var giveaway: String { say("sorteo", "giveaway") }
    var someMessage: String { say("mensaje", "message") }
    var pinned: String { say("mensaje fijado", "pinned message") }
    var newTitle: String { say("nuevo nombre del grupo", "new group name") }
    var newPhoto: String { say("nueva foto del grupo", "new group photo") }
    var noPhoto: String { say("foto del grupo eliminada", "group photo removed") }
    var topicCreated: String { say("tema creado", "topic created") }
    var topicEdited: String { say("tema cambiado", "topic changed") }
    var topicClosed: String { say("tema cerrado", "topic closed") }
    var topicReopened: String { say("tema reabierto", "topic reopened") }
    var callStarted: String { say("videollamada iniciada", "video chat started") }
    var callEnded: String { say("videollamada terminada", "video chat ended") }
    var callScheduled: String { say("videollamada programada", "video chat scheduled") }

    func forwarded(from name: String) -> String {
        say("reenviado de \(name)", "forwarded from \(name)")
    }

    /// `512 B`, `34 kB`, `2,1 MB`.
    func size(bytes: Int64) -> String {
        if bytes < 1_000 { return "\(max(bytes, 0)) B" }
        if bytes < 999_500 { return "\((bytes + 500) / 1_000) kB" }
        let tenths = (bytes + 50_000) / 100_000
        if tenths < 10_000 { return "\(decimal(tenths)) MB" }
        return "\(decimal((bytes + 50_000_000) / 100_000_000)) GB"
    }

    private func decimal(_ tenths: Int64) -> String {
        "\(tenths / 10)\(say(",", "."))\(tenths % 10)"
    }

    /// `0:07`, `1:02:03`.
    func length(seconds: Int64) -> String {
        func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let seconds = max(seconds, 0)
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
        let rest = padded(seconds % 60)
        return hours > 0 ? "\(hours):\(padded(minutes)):\(rest)" : "\(minutes):\(rest)"
    }
}

// The bus's sentences about Telegram in a room.
extension Phrases {
    /// Says that Telegram has not answered for a while.
    func telegramIsSilent(waiting: Int, isMore: Bool) -> String {
        let silent = say("Telegram no responde", "Telegram does not answer")
        return waiting == 0
            ? "\(silent)." : "\(silent); \(count(waiting, isMore)) \(say("en espera", "waiting"))."
    }

    /// Says that Telegram answers again, and that what had waited is delivered.
    func telegramAnswers(delivered: Int, isMore: Bool, late: Duration) -> String {
        let answers = say("Telegram responde de nuevo", "Telegram answers again")
        if delivered == 0 { return "\(answers)." }
        let word = delivered == 1 ? say("entregado", "delivered") : say("entregados", "delivered")
        let lateness = say("\(span(late)) tarde", "\(span(late)) late")
        return "\(answers); \(count(delivered, isMore)) \(word), \(lateness)."
    }

    /// Says that Telegram will never take a message.
    func telegramRejects(_ name: String, _ answer: String) -> String {
        say(
            "Telegram no acepta un mensaje de \(name): \(answer)",
            "Telegram does not accept a message from \(name): \(answer)")
    }

    func count(_ messages: Int, _ isMore: Bool) -> String {
        let noun =
            messages == 1 ? say("mensaje", "message") : say("mensajes", "messages")
        return "\(isMore ? say("más de ", "more than ") : "")\(messages) \(noun)"
    }

    /// `45 s`, `3 min`, `2 h`.
    func span(_ time: Duration) -> String {
        let seconds = max(time.components.seconds, 0)
        if seconds < 90 { return "\(seconds) s" }
        if seconds < 5_400 { return "\((seconds + 30) / 60) min" }
        return "\((seconds + 1_800) / 3_600) h"
    }
}

// The bus's sentences about a chat that takes nothing, in a room, and to people on Telegram.
extension Phrases {
    /// Says that a chat takes nothing from the bot.
    func telegramTakesNothing(_ reason: String, waiting: Int, _ isMore: Bool) -> String {
        let sentence = say(
            "Telegram no acepta mensajes: \(reason)",
            "Telegram is not accepting messages: \(reason)")
        return waiting == 0
            ? "\(sentence)."
            : "\(sentence); \(count(waiting, isMore)) \(say("en espera", "waiting"))."
    }

    /// Says that a chat takes nothing for a while.
    func telegramPauses(_ pause: Duration, waiting: Int, _ isMore: Bool) -> String {
        let sentence = say(
            "Telegram no acepta mensajes durante \(span(pause)): se han enviado demasiados",
            "Telegram is not accepting messages for \(span(pause)): too many were sent")
        return waiting == 0
            ? "\(sentence)."
            : "\(sentence); \(count(waiting, isMore)) \(say("en espera", "waiting"))."
    }

    /// Says that Telegram brings nothing in for a while.
    func telegramBringsNothing(for pause: Duration) -> String {
        say(
            """
            Telegram no entrega mensajes durante \(span(pause)): se le consulta demasiado a menudo.
            """, "No messages come from Telegram for \(span(pause)): it was asked too often.")
    }

    /// Says that Telegram brings messages again.
    var telegramBrings: String {
        say("Telegram entrega mensajes de nuevo.", "Messages come from Telegram again.")
    }

    /// Says that a chat takes messages again, and that what had waited is delivered.
    func telegramTakes(delivered: Int, late: Duration) -> String {
        let takes = say("Telegram acepta mensajes de nuevo", "Telegram accepts messages again")
        if delivered == 0 { return "\(takes)." }
        let word = delivered == 1 ? say("entregado", "delivered") : say("entregados", "delivered")
        let lateness = say("\(span(late)) tarde", "\(span(late)) late")
        return "\(takes); \(count(delivered, false)) \(word), \(lateness)."
    }

    /// Returns the reason why a chat takes nothing, worded for people if it is a known one.
    func reason(_ answer: String) -> String {
        let text = answer.lowercased()
        if ["kicked", "not a member", "chat not found"].contains(where: text.contains) {
            return "\(telegramIsOut) (\(answer))"
        }
        if ["not enough rights", "write access", "restricted", "forbidden: bot can't"]
            .contains(where: text.contains)
        {
            return "\(telegramIsMuted) (\(answer))"
        }
        return answer
    }

    /// Says that the bot was removed from a group.
    var telegramIsOut: String {
        say("el bot ya no está en el grupo", "the bot is no longer in the group")
    }

    /// Says that the bot may not write in a group.
    var telegramIsMuted: String {
        say("el bot no puede escribir en el grupo", "the bot may not write in the group")
    }

    /// Says to somebody that their messages were dropped.
    func telegramDropped(_ count: Int, _ reason: String) -> String {
        let because = reason.isEmpty ? "." : ": \(reason)"
        let sentence =
            count == 1
            ? say("tu mensaje no se ha entregado", "your message was not delivered")
            : say(
                "\(count) mensajes tuyos no se han entregado",
                "\(count) of your messages were not delivered")
        return sentence + because
    }

    /// Says that to one of several people who are told at once.
    func telegramDropped(_ count: Int, of name: String, _ reason: String) -> String {
        let because = reason.isEmpty ? "." : ": \(reason)"
        let sentence =
            count == 1
            ? say(
                "un mensaje de \(name) no se ha entregado",
                "a message from \(name) was not delivered")
            : say(
                "\(count) mensajes de \(name) no se han entregado",
                "\(count) messages from \(name) were not delivered")
        return sentence + because
    }
}

// Events in a group on Telegram.
extension Phrases {
    var livePhoto: String { say("foto en movimiento", "live photo") }
    var richMessage: String { say("mensaje con formato", "rich message") }
    var newBackground: String { say("nuevo fondo del chat", "new chat background") }
    var ownerLeft: String { say("el dueño ha dejado el grupo", "the owner has left the group") }
    var newOwner: String { say("nuevo dueño del grupo", "new owner of the group") }
    var boost: String { say("impulso al grupo", "group boost") }
    var generalHidden: String { say("tema General oculto", "General topic hidden") }
    var generalShown: String { say("tema General visible", "General topic shown") }
    var communityAdded: String { say("añadido a la comunidad", "added to the community") }
    var communityJoined: String { say("llega de la comunidad", "joined from the community") }
    var communityRemoved: String {
        say("quitado de la comunidad", "removed from the community")
    }
    var proximity: String { say("aviso de proximidad", "proximity alert") }
    var tasksAdded: String { say("tareas añadidas", "tasks added") }
    var optionAdded: String { say("opción añadida a la encuesta", "option added to the poll") }
    var optionDeleted: String {
        say("opción quitada de la encuesta", "option removed from the poll")
    }
    var payment: String { say("pago recibido", "payment received") }
    var refund: String { say("pago devuelto", "payment refunded") }
    var noDirectMessages: String {
        say("mensajes directos desactivados", "direct messages switched off")
    }
    var postApproved: String { say("publicación sugerida aceptada", "suggested post approved") }
    var postFailed: String {
        say("publicación sugerida sin fondos", "suggested post failed: no funds")
    }
    var postDeclined: String { say("publicación sugerida rechazada", "suggested post declined") }
    var postPaid: String { say("publicación sugerida pagada", "suggested post paid") }
    var postRefunded: String {
        say("publicación sugerida reembolsada", "suggested post refunded")
    }
    var gift: String { say("regalo", "gift") }
    var uniqueGift: String { say("regalo único", "unique gift") }
    var giftUpgrade: String { say("mejora de un regalo", "upgrade of a gift") }
    var giveawayCreated: String { say("sorteo convocado", "giveaway created") }
    var giveawayEnded: String { say("sorteo terminado", "giveaway ended") }
    var winners: String { say("ganadores del sorteo", "winners of the giveaway") }
    var callInvitation: String {
        say("invitación a la videollamada", "invitation to the video chat")
    }
    var usersShared: String { say("contactos compartidos", "contacts shared") }
    var chatShared: String { say("chat compartido", "chat shared") }
    var website: String { say("sesión iniciada en", "logged in to") }
    var writeAccess: String { say("el bot puede escribir", "the bot may write") }
    var passport: String { say("datos de Telegram Passport", "Telegram Passport data") }
    var botCreated: String { say("bot creado", "bot created") }
    var webApp: String { say("datos de una aplicación", "data of an app") }

    /// `1 estrella`, `25 estrellas`.
    func stars(_ count: Int64) -> String {
        "\(count) \(count == 1 ? say("estrella", "star") : say("estrellas", "stars"))"
    }

    /// `1 ganador`, `3 ganadores`.
    func winners(_ count: Int64) -> String {
        "\(count) \(count == 1 ? say("ganador", "winner") : say("ganadores", "winners"))"
    }

    /// Returns a number of months for which Telegram sells a subscription.
    func premium(_ months: Int64) -> String {
        "\(months) \(months == 1 ? say("mes", "month") : say("meses", "months")) Telegram Premium"
    }

    /// Returns the price of a message.
    func messagePrice(_ stars: Int64) -> String {
        let price = stars == 0 ? say("gratis", "free") : self.stars(stars)
        return say("precio por mensaje: \(price)", "price of a message: \(price)")
    }

    /// Returns the price of a message to a channel.
    func directPrice(_ stars: Int64) -> String {
        let price = stars == 0 ? say("gratis", "free") : self.stars(stars)
        return say("precio por mensaje directo: \(price)", "price of a direct message: \(price)")
    }

    /// Returns the time after which messages are deleted.
    func deletion(after seconds: Int64) -> String {
        guard seconds > 0 else {
            return say(
                "los mensajes ya no se borran solos",
                "messages are no longer deleted automatically")
        }
        let time = span(.seconds(min(seconds, 1 << 40)))
        return say(
            "los mensajes se borran después de \(time)", "messages are deleted after \(time)")
    }

    /// Returns an amount that is given in the smallest units of a currency.
    func price(_ amount: Int64, _ currency: String) -> String {
        if currency == "XTR" { return stars(amount) }
        let digits: Int =
            if currency == "TON" { 9 } else if Self.whole.contains(currency) { 0 } else { 2 }
        let sign = amount < 0 ? "-" : ""
        var text = String(amount.magnitude)
        if digits > 0 {
            text = String(repeating: "0", count: max(digits + 1 - text.count, 0)) + text
            var rest = text.suffix(digits)
            text.removeLast(digits)
            if digits > 2 { while rest.last == "0", rest.count > 1 { rest.removeLast() } }
            text += "\(say(",", "."))\(rest)"
        }
        return "\(sign)\(text) \(currency.prefix(8))"
    }

    /// Currencies without smaller units.
    private static let whole: Set = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
        "XAF", "XOF", "XPF",
    ]
}
