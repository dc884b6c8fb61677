import Chat
import MessageBus

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

    /// Returns a number of months, for which Telegram sells something.
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
