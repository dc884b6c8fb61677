import Chat

// Sentences for people who use a client of IRC; what the numerics of the protocol say.
extension Phrases {
    // MARK: - Coming and going

    func welcome(to name: String, _ nick: String) -> String {
        say("Te damos la bienvenida a \(name), \(nick)", "Welcome to \(name), \(nick)")
    }
    func yourHost(_ name: String, _ version: String) -> String {
        say(
            "Este servidor es \(name), con la versión \(version)",
            "Your host is \(name), running version \(version)")
    }
    func created(_ time: String) -> String {
        say("Este servidor empezó el \(time)", "This server was started on \(time)")
    }
    var areSupported: String {
        say("son posibles en este servidor", "are supported by this server")
    }
    var noMotto: String { say("No hay mensaje del día", "There is no message of the day") }
    var mayKick: String {
        say(
            "Puedes echar a alguien: /kick CANAL NICK MOTIVO",
            "You may send somebody away: /kick CHANNEL NICK REASON")
    }
    var serverStops: String {
        say("El servidor se está apagando", "The server is shutting down")
    }
    var registrationIsLate: String {
        say("El registro ha tardado demasiado", "Registration timed out")
    }
    var isSilent: String { say("Sin respuesta al PING", "Ping timeout") }
    var needsTLSForIRC: String {
        say(
            "Aquí se habla TLS: conéctate con cifrado",
            "This port speaks TLS: connect with encryption")
    }
    var accountIsNeeded: String {
        say(
            "Aquí hace falta una cuenta: SASL PLAIN, o PASS con su contraseña",
            "You need an account here: SASL PLAIN, or PASS with its password")
    }
    var channelIsClosed: String { say("La sala se ha cerrado", "The room is closed") }

    // MARK: - Commands

    var noOrigin: String { say("Falta el origen", "No origin specified") }
    var lineIsTooLong: String { say("La línea es demasiado larga", "The line is too long") }
    var isNoUTF8: String { say("Eso no es UTF-8", "That is not UTF-8") }
    var isNotRegistered: String {
        say("Primero di quién eres: NICK y USER", "Say who you are first: NICK and USER")
    }
    var isRegisteredAlready: String { say("Ya lo has dicho", "You have done that already") }
    var isUnknownCommand: String { say("No conozco esa orden", "Unknown command") }
    var needMoreParameters: String { say("Faltan parámetros", "Not enough parameters") }
    var isNoCapCommand: String { say("No conozco esa orden de CAP", "Unknown CAP command") }
    var isNoUsername: String {
        say("Ese nombre de usuario no sirve", "That can't be a user name")
    }
    var noNickGiven: String { say("Falta el nick", "No nickname given") }
    var isNoNick: String {
        say(
            "Eso no puede ser un nick: sin espacios ni , * ? ! @ / : y sin $ # & ~ % + delante",
            "That can't be a nick: no spaces, no , * ? ! @ / : and no $ # & ~ % + in front")
    }
    var nickIsRegistered: String {
        say(
            "Ese nick es de una cuenta; si es tuya, entra con SASL, PASS o NickServ IDENTIFY",
            "That nick belongs to an account; if it is yours: SASL, PASS or NickServ IDENTIFY")
    }
    var nickCanNotBeAccount: String {
        say("Con ese nick no se puede tener una cuenta", "There can be no account with that nick")
    }

    // MARK: - Channels

    func noChannel(_ meant: String?) -> String {
        if let meant {
            return say(
                "No hay ese canal; ¿querías decir #\(meant)?",
                "No such channel; did you mean #\(meant)?")
        }
        return say("No hay ese canal", "No such channel")
    }
    var notInRoomForIRC: String { say("No estás en ese canal", "You're not on that channel") }
    var isNotInRoom: String { say("No está en ese canal", "They aren't on that channel") }
    var noTopic: String { say("No hay tema", "No topic is set") }
    var topicIsFixed: String {
        say("El tema lo pone el administrador", "The administrator sets the topic")
    }
    var onlyModerators: String {
        say("Eso es para moderadores", "That is for moderators")
    }
    var noOperators: String {
        say("Aquí no hay operadores ni modos", "There are no operators and no modes here")
    }
    var notYourMode: String { say("No es tu nick", "That is not your nick") }
    var endOfNames: String { say("Fin de la lista", "End of /NAMES list") }
    var endOfWho: String { say("Fin de la lista", "End of /WHO list") }
    var endOfList: String { say("Fin de la lista", "End of list") }
    var listStarts: String { say("Personas  Tema", "Users  Name") }

    // MARK: - Speaking

    func noRecipient(_ command: String) -> String {
        say("Falta a quién (\(command))", "No recipient given (\(command))")
    }
    var noText: String { say("No hay texto", "No text to send") }
    var tooManyTargets: String { say("Demasiados destinatarios", "Too many targets") }
    var noSuchNick: String { say("No hay nadie con ese nick", "No such nick") }
    func textIsTooLongForIRC(_ limit: Int) -> String {
        say(
            "El mensaje tiene más de \(limit) caracteres",
            "The message has more than \(limit) characters")
    }
    var tooManyRequests: String {
        say("Demasiadas peticiones; espera un momento.", "Too many requests; wait a moment.")
    }
    var isNoBatch: String { say("Ese lote no vale", "That batch is not valid") }

    // MARK: - People

    var wasNoSuchNick: String {
        say("No ha habido nadie con ese nick", "There was no such nickname")
    }
    var endOfWhowas: String { say("Fin de WHOWAS", "End of WHOWAS") }
    var endOfWhois: String { say("Fin de WHOIS", "End of /WHOIS list") }
    func isOnBridge(_ bridge: String) -> String { say("por \(bridge)", "by \(bridge)") }
    var isLoggedInAs: String { say("ha entrado con la cuenta", "is logged in as") }
    var isEncryptedForIRC: String {
        say("usa una conexión cifrada", "is using a secure connection")
    }
    var isBack: String { say("Ya no estás ausente", "You are no longer marked as being away") }
    var isMarkedAway: String { say("Estás ausente", "You have been marked as being away") }
    var isAway: String { say("ausente", "away") }
    var isNoRealname: String { say("Ese nombre no sirve", "That can't be a real name") }
    var listIsFull: String { say("La lista está llena", "Monitor list is full") }

    // MARK: - Accounts

    var saslIsAborted: String { say("SASL interrumpido", "SASL authentication aborted") }
    var saslIsTooLong: String { say("El mensaje SASL es demasiado largo", "SASL message too long") }
    var saslMechanisms: String {
        say("son los mecanismos de SASL que hay", "are available SASL mechanisms")
    }
    /// The help of NickServ, a line for each command.
    var serviceHelp: [String] {
        [
            say(
                "IDENTIFY [CUENTA] CONTRASEÑA: entra con una cuenta",
                "IDENTIFY [ACCOUNT] PASSWORD: logs in to an account"),
            say(
                "REGISTER CONTRASEÑA: hace una cuenta de tu nick",
                "REGISTER PASSWORD: makes your nick an account"),
        ]
    }

    // MARK: - Messages

    var isNoTime: String {
        say(
            "Eso no es una hora: timestamp=2026-11-29T19:05:10.123Z",
            "That is not a time: timestamp=2026-11-29T19:05:10.123Z")
    }
    var unknownMsgid: String { say("No existe ese mensaje", "There is no such message") }
    var isNoHistoryRequest: String {
        say(
            "Se usa así: CHATHISTORY LATEST CANAL * 50",
            "Use it like this: CHATHISTORY LATEST CHANNEL * 50")
    }

    // MARK: - The server

    var aboutPuente: String {
        say(
            "Puente: un chat al que se llega por IRC, por la web, por Telegram y por nc",
            "Puente: a chat that you can reach by IRC, the web, Telegram and nc")
    }
    var endOfInfo: String { say("Fin de INFO", "End of /INFO list") }
    var noAdmin: String {
        say("No hay datos del administrador", "No administrative info available")
    }
    func userCount(_ count: Int) -> String {
        say(
            "Hay \(count) usuarios y 0 invisibles en 1 servidores",
            "There are \(count) users and 0 invisible on 1 servers")
    }
    var unknownCount: String { say("conexiones sin nick", "unknown connections") }
    var channelCount: String { say("canales", "channels formed") }
    func clientCount(_ count: Int) -> String {
        say("Tengo \(count) clientes y 0 servidores", "I have \(count) clients and 0 servers")
    }
    func localCount(_ count: Int, _ most: Int) -> String {
        say(
            "Usuarios locales: \(count), máximo \(most)",
            "Current local users \(count), max \(most)")
    }
    func globalCount(_ count: Int, _ most: Int) -> String {
        say("Usuarios: \(count), máximo \(most)", "Current global users \(count), max \(most)")
    }
    var helpTitle: String { say("Ayuda de Puente", "Puente help") }
    var endOfHelp: String { say("Fin de la ayuda", "End of help") }
    /// The commands that may be typed, a line each.
    var ircHelp: [String] {
        [
            say(
                "/list muestra las salas; /join #SALA entra",
                "/list shows the rooms; /join #ROOM goes in"),
            say(
                "/msg NICK TEXTO habla con alguien a solas",
                "/msg NICK TEXT talks to somebody alone"),
            say(
                "/msg NickServ IDENTIFY CONTRASEÑA entra con tu cuenta",
                "/msg NickServ IDENTIFY PASSWORD logs in to your account"),
        ]
    }
}
