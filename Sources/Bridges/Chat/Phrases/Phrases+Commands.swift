import MessageBus

// The texts of commands that work.
extension Phrases {
    /// Returns the way a command is written.
    package func usage(_ command: ChatCommand) -> String {
        switch command {
        case .help: "/help"
        case .nick: say("/nick NOMBRE", "/nick NAME")
        case .rooms: "/rooms"
        case .join: say("/join SALA", "/join ROOM")
        case .who: "/who"
        case .me: say("/me TEXTO", "/me TEXT")
        case .msg: say("/msg NOMBRE TEXTO", "/msg NAME TEXT")
        case .reply:
            say(
                "/reply NOMBRE TEXTO · /reply #NÚMERO TEXTO",
                "/reply NAME TEXT · /reply #NUMBER TEXT")
        case .history:
            say(
                "/history [@NOMBRE] [N], con N de 1 a \(Bus.maxTexts)",
                "/history [@NAME] [N], with N from 1 to \(Bus.maxTexts)")
        case .search: say("/search PALABRAS", "/search WORDS")
        case .register:
            say(
                "/register CONTRASEÑA · /register NOMBRE CONTRASEÑA",
                "/register PASSWORD · /register NAME PASSWORD")
        case .login: say("/login NOMBRE CONTRASEÑA", "/login NAME PASSWORD")
        case .password: say("/password VIEJA NUEVA", "/password OLD NEW")
        case .unregister: say("/unregister CONTRASEÑA", "/unregister PASSWORD")
        case .delete: say("/delete #NÚMERO", "/delete #NUMBER")
        case .kick: say("/kick NOMBRE [MOTIVO]", "/kick NAME [REASON]")
        case .ban:
            say(
                "/ban NOMBRE [TIEMPO] [MOTIVO] · /ban DIRECCIÓN [TIEMPO] [MOTIVO]",
                "/ban NAME [TIME] [REASON] · /ban ADDRESS [TIME] [REASON]")
        case .unban: say("/unban NOMBRE · /unban DIRECCIÓN", "/unban NAME · /unban ADDRESS")
        case .bans: "/bans"
        case .mute: say("/mute NOMBRE [TIEMPO]", "/mute NAME [TIME]")
        case .unmute: say("/unmute NOMBRE", "/unmute NAME")
        case .announce: say("/announce TEXTO", "/announce TEXT")
        case .role: say("/role NOMBRE PAPEL", "/role NAME ROLE")
        case .quit: "/quit"
        }
    }

    /// Returns the effect of a command.
    package func purpose(_ command: ChatCommand) -> String {
        switch command {
        case .help: say("esta lista", "this list")
        case .nick: say("cambia tu nombre", "changes your name")
        case .rooms: say("las salas que hay", "lists the rooms")
        case .join: say("te lleva a otra sala", "takes you to another room")
        case .who: say("quién está aquí", "who is here")
        case .me: say("dice lo que haces", "says what you do")
        case .msg: say("un mensaje privado", "a private message")
        case .reply:
            say(
                "responde a su último mensaje, o a ese",
                "replies to their last message, or to that one")
        case .history:
            say(
                "los últimos N mensajes de la sala, o los privados con NOMBRE; 20 sin N",
                "the last N messages of the room, or your private ones with NAME; 20 without N")
        case .search:
            say(
                """
                busca mensajes con todas las palabras; "entre comillas" una frase, comienz* un comienzo
                """,
                """
                finds messages with all the words; "quotes" for a phrase, begin* for a beginning
                """)
        case .register:
            say("hace de tu nombre una cuenta", "makes your name an account")
        case .login: say("entra con tu cuenta", "logs in to your account")
        case .password: say("cambia tu contraseña", "changes your password")
        case .unregister: say("borra tu cuenta", "removes your account")
        case .delete:
            say(
                "borra lo que has dicho hace menos de una hora",
                "deletes a message you sent in the last hour")
        case .kick: say("echa a alguien (moderadores)", "kicks somebody (moderators)")
        case .ban:
            say(
                "no deja entrar a alguien; TIEMPO es como 10m, 2h o 7d (moderadores)",
                "keeps somebody out; TIME is like 10m, 2h or 7d (moderators)")
        case .unban: say("deja entrar otra vez (moderadores)", "lifts a ban (moderators)")
        case .bans:
            say(
                "quién no puede entrar o hablar (moderadores)",
                "who is banned or muted (moderators)")
        case .mute: say("hace callar a alguien (moderadores)", "silences somebody (moderators)")
        case .unmute: say("deja hablar otra vez (moderadores)", "lifts a mute (moderators)")
        case .announce:
            say("avisa a todos (administradores)", "tells everybody something (admins)")
        case .role:
            say(
                "hace de una cuenta member, moderator, admin o relay (administradores)",
                "makes an account a member, moderator, admin or relay (admins)")
        case .quit: say("sale del chat", "leaves the chat")
        }
    }

    /// The texts of `/help`, one `[info]` line for each command, in the order of their declaration.
    package var help: [String] {
        ChatCommand.allCases.map { "\(usage($0)) – \(purpose($0))" }
    }

    /// After `[ok]` if the name was one's own already, or was taken without entering.
    package func nameIs(_ name: String) -> String {
        say("Te llamas \(name).", "Your name is \(name).")
    }

    /// The text of an `[info]` line of `/rooms`.
    package func room(_ room: String, people: Int, isOwn: Bool) -> String {
        let count =
            people == 1
            ? say("1 persona", "1 person") : say("\(people) personas", "\(people) people")
        let here = isOwn ? say(", estás aquí", ", you are here") : ""
        return "\(room): \(count)\(here)"
    }

    /// The text of an `[info]` line of `/who`: the bridges in parentheses, unless the name has
    /// some.
    package func person(_ sender: String, on bridges: [String]) -> String {
        sender.hasSuffix(")") ? sender : "\(sender) (\(bridges.joined(separator: ", ")))"
    }

    /// After `[ok]` if one is in this room now, or was already.
    package func roomIs(_ room: String) -> String {
        say("Estás en \(room).", "You are in \(room).")
    }

    /// After `[info]`, to whoever was in a room that there is no longer.
    package func roomIsClosed(_ room: String, now other: String) -> String {
        say(
            "La sala \(room) ya no existe. Estás en \(other).",
            "The room \(room) no longer exists. You are in \(other).")
    }

    /// After the `[info]` lines of a list: their number.
    package func count(_ lines: Int) -> String { String(lines) }

    /// After `[ok]` if a nameless connection leaves.
    package var goodbye: String { say("Hasta luego.", "Goodbye.") }
}
