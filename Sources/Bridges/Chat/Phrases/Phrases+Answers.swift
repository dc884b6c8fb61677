import MessageBus

// The texts after an answer's code: what went wrong, and what to do about it.
extension Phrases {
    /// After `[bad-name]`.
    package func badName(_ problem: NameProblem) -> String {
        switch problem {
        case .empty: say("Falta el nombre.", "The name is missing.")
        case .tooLong:
            say(
                "El nombre es demasiado largo: como mucho \(Name.maxCharacters) caracteres y "
                    + "\(Name.maxBytes) bytes.",
                "The name is too long: at most \(Name.maxCharacters) characters and "
                    + "\(Name.maxBytes) bytes.")
        case .reserved(let character):
            say(
                "Un nombre no puede llevar «\(character)».",
                "A name can't contain \"\(character)\".")
        case .leadingSign(let character):
            say(
                "Un nombre no puede empezar por «\(character)».",
                "A name can't begin with \"\(character)\".")
        case .misplacedSpace:
            say(
                "En un nombre, los espacios van entre palabras y de uno en uno.",
                "A name may have spaces only between words, one at a time.")
        case .strangeSpace:
            say(
                "En un nombre solo vale el espacio normal.",
                "Only the ordinary space is allowed in a name.")
        case .invisible:
            say(
                "El nombre lleva caracteres invisibles.", "The name contains invisible characters.")
        case .unknownCharacter:
            say(
                "El nombre lleva un carácter desconocido.",
                "The name contains an unknown character.")
        case .loneMark:
            say("Un acento necesita una letra debajo.", "An accent needs a letter under it.")
        case .server: say("Ese nombre es del servidor.", "That name is the server's own.")
        case .service: say("Ese nombre es de un servicio.", "That name belongs to a service.")
        case .notice:
            say(
                "Un nombre no puede llevar las palabras de un aviso, como «se ha unido».",
                "A name can't contain the words of a notice, such as \"joined the chat\".")
        case .reservedEnding:
            say("Un nombre no puede acabar en ~", "A name can't end in ~")
        case .guest:
            say(
                "Así se llaman los invitados; elige otro nombre.",
                "That is what guests are called; choose another name.")
        case .number:
            say(
                "Un número o una dirección no es un nombre.",
                "A number or an address can't be a name.")
        case .mixedScripts:
            say(
                "En un nombre no se mezclan letras latinas, griegas y cirílicas.",
                "A name can't mix Latin, Greek and Cyrillic letters.")
        }
    }

    /// After `[name-in-use]`.
    package var nameInUse: String {
        say("Ese nombre está ocupado; elige otro.", "That name is taken; choose another.")
    }

    /// After `[need-name]`; explains how to get one.
    package var needName: String {
        say(
            "Primero di quién eres: NOMBRE: TEXTO, o /nick NOMBRE",
            "Say who you are first: NAME: TEXT, or /nick NAME")
    }

    /// After `[need-name]`, if only a space was missing between a name and a text.
    package var missingSpace: String {
        say(
            "Falta un espacio detrás de los dos puntos: NOMBRE: TEXTO",
            "A space is missing after the colon: NAME: TEXT")
    }

    /// After `[bad-text]`.
    package var badText: String {
        say("Eso no es texto en UTF-8.", "That is not text in UTF-8.")
    }

    /// After `[too-long]`; `max` is in bytes.
    package func tooLong(max: Int) -> String {
        say(
            "La línea es demasiado larga: como mucho \(max) bytes.",
            "The line is too long: at most \(max) bytes.")
    }

    /// After `[rate-limited]` if the middleware gave no reason, and for commands that ask for a
    /// list while many answers are unread.
    package var rateLimited: String {
        say("Demasiado deprisa; espera un poco.", "Too fast; wait a little.")
    }

    /// After `[dropped]` if the middleware gave no reason.
    package var dropped: String {
        say("El mensaje no se ha aceptado.", "The message was not accepted.")
    }

    /// After `[unknown-command]`: the beginning of the verb, and the command that was probably
    /// meant.
    package func unknownCommand(_ verb: String) -> String {
        // What stands behind a colon or the like may be a password.
        let beginning = verb.unicodeScalars.prefix(32).prefix {
            $0 == "-" || $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
        let shown = beginning.endIndex < verb.endIndex ? String(beginning) + "…" : verb
        if let meant = ChatCommand.nearestVerb(to: verb) {
            return say(
                "No conozco /\(shown); ¿querías decir /\(meant)?",
                "I don't know /\(shown); did you mean /\(meant)?")
        }
        return say("No conozco /\(shown); prueba /help", "I don't know /\(shown); try /help")
    }

    /// After `[rate-limited]` for a command; `seconds` is the time to wait.
    package func tooManyCommands(seconds: Int64) -> String {
        say(
            "Demasiadas órdenes; espera \(seconds) s.",
            "Too many commands; wait \(seconds) s.")
    }

    /// After `[unknown-user]`.
    package var unknownUser: String {
        say("Aquí no hay nadie con ese nombre.", "There is nobody with that name here.")
    }

    /// After `[bad-arguments]` if the first word may be the beginning of somebody else's name.
    package func unclearName(_ command: ChatCommand) -> String {
        say(
            "No está claro a quién: escribe el nombre entero y entre comillas, "
                + "/\(command.rawValue) \"NOMBRE\" TEXTO",
            "It is not clear who is meant: write the whole name, in quotes, "
                + "/\(command.rawValue) \"NAME\" TEXT")
    }

    /// After `[unknown-user]` if the person's bridge can't carry private messages.
    package func unreachableUser(_ name: String) -> String {
        say(
            "\(name) no puede recibir mensajes privados.", "\(name) can't receive private messages."
        )
    }

    /// After `[full]` if the person has too many unread private messages.
    package func busyUser(_ name: String) -> String {
        say(
            "\(name) tiene demasiados mensajes sin leer; prueba más tarde.",
            "\(name) has too many unread messages; try again later.")
    }

    /// After `[unknown-room]`, with the room that was probably meant.
    package func unknownRoom(meant room: String? = nil) -> String {
        if let room {
            return say(
                "No hay ninguna sala así; ¿querías decir \(room)?",
                "There is no such room; did you mean \(room)?")
        }
        return say("No hay ninguna sala así; prueba /rooms", "There is no such room; try /rooms")
    }

    /// After `[unknown-message]` if no message of this room has that number.
    package func unknownMessage(number: MessageNumber) -> String {
        say(
            "En esta sala no está el mensaje #\(number).", "Message #\(number) is not in this room."
        )
    }

    /// After `[unknown-message]` if the person has said nothing that can be replied to.
    package var unknownMessageOfUser: String {
        say(
            "En esta sala no ha dicho nada que se pueda responder.",
            "They have said nothing in this room that you can reply to.")
    }

    /// After `[bad-arguments]`: the command's usage.
    package func badArguments(_ command: ChatCommand) -> String {
        say("Se usa así: \(usage(command))", "Use it like this: \(usage(command))")
    }

    /// After `[bad-arguments]` if a search has too many words.
    package var tooManyWords: String {
        let (words, bytes) = (SearchWords.maxWords, SearchWords.maxBytes)
        return say(
            "Una búsqueda admite como mucho \(words) palabras, \(bytes) bytes en total.",
            "A search takes at most \(words) words, \(bytes) bytes in all.")
    }

    /// After `[dropped]` if earlier messages can't be read at present.
    package var noHistory: String {
        say(
            "Los mensajes anteriores no se pueden leer ahora; prueba más tarde.",
            "Earlier messages can't be read right now; try again later.")
    }

    /// After `[forbidden]`.
    package var forbidden: String {
        say("Aquí solo se puede leer.", "You can only read here.")
    }

    /// After `[full]`, before the connection is closed.
    package var full: String {
        say(
            "No cabe nadie más; prueba más tarde.",
            "There is no room for anyone else; try again later.")
    }

    /// After `[skipped]`: the number of lines alone, for programs and people alike.
    package func skipped(_ lines: Int) -> String { String(lines) }
}
