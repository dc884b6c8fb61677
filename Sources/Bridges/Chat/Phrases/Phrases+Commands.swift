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
                "/history [@NOMBRE] [N], con N de 1 a \(Bus.mostTexts)",
                "/history [@NAME] [N], with N from 1 to \(Bus.mostTexts)")
        case .search: say("/search PALABRAS", "/search WORDS")
        case .register:
            say(
                "/register CONTRASEÑA · /register NOMBRE CONTRASEÑA",
                "/register PASSWORD · /register NAME PASSWORD")
        case .login: say("/login NOMBRE CONTRASEÑA", "/login NAME PASSWORD")
        case .password: say("/password VIEJA NUEVA", "/password OLD NEW")
        case .unregister: say("/unregister CONTRASEÑA", "/unregister PASSWORD")
        case .quit: "/quit"
        }
    }

    /// Returns the effect of a command.
    package func purpose(_ command: ChatCommand) -> String {
        switch command {
        case .help: say("esta lista", "this list")
        case .nick: say("cambia tu nombre", "changes your name")
        case .rooms: say("las salas que hay", "the rooms there are")
        case .join: say("te lleva a otra sala", "takes you to another room")
        case .who: say("quién está aquí", "who is here")
        case .me: say("dice lo que haces", "says what you do")
        case .msg: say("un mensaje privado", "a private message")
        case .reply:
            say("responde a su último mensaje, o a ese", "answers their last message, or that one")
        case .history:
            say(
                "los últimos N mensajes de la sala, o con NOMBRE; 20 sin N",
                "the last N messages of the room, or with NAME; 20 without N")
        case .search:
            say(
                "los mensajes que llevan \"esas palabras\" o un principi*",
                "the messages with \"those words\" or a beginnin* in them")
        case .register:
            say("hace de tu nombre una cuenta", "makes an account of your name")
        case .login: say("entras con tu cuenta", "enters as the owner of an account")
        case .password: say("cambia tu contraseña", "changes your password")
        case .unregister: say("borra tu cuenta", "removes your account")
        case .quit: say("sales del chat", "leaves the chat")
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

    /// The text of an `[info]` line of `/who`: the bridges in parentheses, unless the name has some.
    package func person(_ sender: String, on bridges: [String]) -> String {
        sender.hasSuffix(")") ? sender : "\(sender) (\(bridges.joined(separator: ", ")))"
    }

    /// After `[ok]` if one is in this room now, or was already.
    package func roomIs(_ room: String) -> String {
        say("Estás en \(room).", "You are in \(room).")
    }

    /// After the `[info]` lines of a list: their number.
    package func count(_ lines: Int) -> String { String(lines) }

    /// After `[ok]` if a nameless connection leaves.
    package var goodbye: String { say("Hasta luego.", "Goodbye.") }
}
