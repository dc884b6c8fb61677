import MessageBus

// The texts of answers that have to do with accounts and private messages.
extension Phrases {
    /// After `[login-required]`, where nothing works without an account.
    package var loginRequired: String {
        say(
            "Aquí hace falta una cuenta: /login NOMBRE CONTRASEÑA",
            "You need an account here: /login NAME PASSWORD")
    }

    /// After `[login-required]`, for commands that only the owners of accounts have.
    package var onlyWithAccount: String {
        say(
            "Eso es para quien ha entrado con su cuenta.",
            "That is for people who are logged in.")
    }

    /// After `[login-required]`, for a name that is an account's.
    package var nameIsRegistered: String {
        say(
            "Ese nombre es de una cuenta; si es tuya: /login NOMBRE CONTRASEÑA",
            "That name belongs to an account; if it is yours: /login NAME PASSWORD")
    }

    /// After `[login-failed]`; does not tell which of the two is wrong.
    package var loginFailed: String {
        say("El nombre o la contraseña no es correcto.", "The name or the password is wrong.")
    }

    /// After `[login-failed]`, if somebody is logged in already.
    package var passwordIsWrong: String {
        say("La contraseña no es correcta.", "The password is wrong.")
    }

    /// After `[rate-limited]` for a command with a password; `seconds` is the time to wait.
    package func tooManyTries(seconds: Int) -> String {
        say(
            "Demasiados intentos; espera \(seconds) s.",
            "Too many attempts; wait \(seconds) s.")
    }

    /// After `[insecure]`.
    package var insecure: String {
        say(
            "Esta conexión no está cifrada: aquí no envíes contraseñas.",
            "This connection is not encrypted: send no passwords here.")
    }

    /// After `[bad-arguments]`, for a password that can't be one.
    package var badPassword: String {
        let count = Password.allowedCount
        return say(
            """
            Una contraseña tiene de \(count.lowerBound) a \(count.upperBound) bytes, sin espacios \
            ni caracteres invisibles.
            """,
            """
            A password has \(count.lowerBound) to \(count.upperBound) bytes, without spaces or \
            invisible characters.
            """)
    }

    /// After `[forbidden]`, where people may not register themselves.
    package var registrationIsClosed: String {
        say("Aquí las cuentas las crea el administrador.", "The administrator makes accounts here.")
    }

    /// After `[forbidden]`, for a registration by somebody who is logged in.
    package var isLoggedIn: String {
        say("Ya has entrado con una cuenta.", "You are logged in already.")
    }

    /// After `[forbidden]`, for another name than the account's.
    package var accountKeepsName: String {
        say(
            "Con tu cuenta llevas su nombre; solo puedes cambiar mayúsculas y minúsculas.",
            """
            While you are logged in you keep your account's name; only upper and lower case can \
            change.
            """)
    }

    /// After `[dropped]` if passwords can't be checked at present.
    package var accountsAreUnavailable: String {
        say(
            "Ahora no se pueden consultar las cuentas; prueba más tarde.",
            "The accounts can't be read right now; try again later.")
    }

    /// After `[ok]` if somebody is logged in.
    package func loggedIn(as name: String) -> String {
        say("Has entrado con la cuenta \(name).", "You are logged in as \(name).")
    }

    /// After `[ok]` if there is a new account.
    package func registered(_ name: String) -> String {
        say("La cuenta \(name) ya es tuya.", "The account \(name) is yours now.")
    }

    /// After `[ok]` if the password was changed.
    package var passwordChanged: String {
        say(
            "La contraseña ha cambiado; tus otras conexiones se cierran.",
            "The password is changed; your other connections are closed.")
    }

    /// After `[ok]` if the account was removed.
    package var unregistered: String {
        say("La cuenta se ha borrado.", "The account is removed.")
    }

    /// After `[bad-arguments]`, for a command with a password that has something in front.
    package var hiddenPassword: String {
        say(
            "Eso parece una orden con contraseña, y no se ha dicho: la barra va delante de todo.",
            "That looks like a command with a password, and was not said: the slash must come "
                + "first.")
    }

    /// After `[forbidden]`, for the last admin, whose account can't be removed.
    package var lastAdminStays: String {
        say(
            "Eres el último administrador: nombra antes a otra persona.",
            "You are the last admin: make somebody else one first.")
    }

    /// After `[info]`, for somebody who has to give up a name.
    package func hasToBeCalled(_ name: String) -> String {
        say(
            "Tu nombre es de una cuenta: ahora te llamas \(name).",
            "Your name belongs to an account: you are now called \(name).")
    }

    /// After `[info]`, for the owner of an account that was given another name.
    package func accountIsCalled(_ name: String) -> String {
        say("Tu cuenta se llama ahora \(name).", "Your account is called \(name) now.")
    }

    /// After `[info]`, for the owner of a name that somebody else had.
    package func isNowCalled(_ name: String) -> String {
        say(
            "Otra persona llevaba tu nombre: ahora se llama \(name).",
            "Somebody else had your name: they are called \(name) now.")
    }

    /// After `[login-required]`, before the connection is closed.
    package func farewell(_ reason: Disconnection) -> String {
        switch reason {
        case .passwordChanged:
            say(
                "La contraseña de la cuenta ha cambiado: entra con la nueva.",
                "The account's password was changed: log in with the new one.")
        case .kicked(let reason): kicked(reason)
        case .banned(let reason): banned(reason)
        case .accountRemoved: say("La cuenta ya no existe.", "The account is gone.")
        }
    }

    // MARK: - Private messages

    /// After `[ok]` if a private message waits for somebody who is away.
    package func leftMessage(for name: String) -> String {
        say("\(name) no está; lo leerá cuando entre.", "\(name) is away, and will read it later.")
    }

    /// After `[full]` if too many private messages wait for somebody who is away.
    package func tooManyLeft(for name: String) -> String {
        say(
            "\(name) no está, y ya le esperan demasiados mensajes.",
            "\(name) is away, and too many messages are already waiting.")
    }

    /// After `[forbidden]` if a private message is for somebody of another network.
    package var isElsewhere: String {
        say(
            "A otras redes no llegan mensajes privados.",
            "Private messages don't reach other networks.")
    }
}
