import Chat

// Sentences for people who use the page, and for those who write clients.
extension Phrases {
    /// After `bad-arguments`: the reason why a message is not valid in the protocol.
    func problem(_ problem: MessageProblem) -> String {
        switch problem.kind {
        case .notObject:
            say("Un mensaje es un objeto JSON.", "A message is a JSON object.")
        case .unknownType:
            say(
                "«type» debe ser uno de: \(Self.types).",
                "\"type\" must be one of: \(Self.types).")
        case .missing(let field):
            say("Falta el campo «\(field)».", "The field \"\(field)\" is missing.")
        case .wrong("room", .roomOrPerson):
            say(
                "Hace falta «room» o «with», y no los dos.",
                "Either \"room\" or \"with\" is needed, not both.")
        case .wrong(let field, let expected):
            say(
                "«\(field)» debe ser \(name(of: expected)).",
                "\"\(field)\" must be \(name(of: expected)).")
        }
    }

    private static let types = ClientMessageType.allCases.map(\.rawValue).joined(separator: ", ")

    private func name(of expected: MessageProblem.Expectation) -> String {
        switch expected {
        case .text: say("un texto", "a string")
        case .number:
            say("un número entero que no sea negativo", "a whole number that is not negative")
        case .truth: say("true o false", "true or false")
        case .object: say("un objeto", "an object")
        case .length(let range):
            say(
                "un texto de \(range.lowerBound) a \(range.upperBound) caracteres",
                "a string of \(range.lowerBound) to \(range.upperBound) characters")
        case .session:
            say(
                "un texto al azar de 22 a 128 letras, cifras, - y _",
                "a random string of 22 to 128 letters, digits, - and _")
        case .range(let range):
            say(
                "un número entero de \(range.lowerBound) a \(range.upperBound)",
                "a whole number from \(range.lowerBound) to \(range.upperBound)")
        case .language: "es, en"
        case .roomOrPerson: say("una sala", "a room")
        }
    }

    /// After `bad-arguments`, to a client that has not said hello.
    var helloComesFirst: String {
        say("El primer mensaje es «hello».", "The first message is \"hello\".")
    }

    /// After `need-name`, to somebody who only reads.
    var needNameOnPage: String {
        say("Primero di cómo te llamas.", "First say what your name is.")
    }

    /// After `forbidden`, to somebody who speaks in a room without being in it.
    var notInRoom: String { say("No estás en esa sala.", "You are not in that room.") }

    /// After `too-long`, to somebody whose text has too many characters.
    func textIsTooLong(_ limit: Int) -> String {
        say(
            "El mensaje tiene más de \(limit) caracteres.",
            "The message has more than \(limit) characters.")
    }

    /// After `rate-limited`, to a client that sends too many requests.
    var tooManyRequests: String {
        say("Demasiadas peticiones; espera un momento.", "Too many requests; wait a moment.")
    }

    /// After `unknown-command`, to somebody who uses another chat's name for a command, or to a
    /// client that should send the message of that name.
    func isCalled(_ command: ChatCommand) -> String {
        say("Aquí se escribe /\(command.rawValue).", "Here that is /\(command.rawValue).")
    }

    /// After `login-required`, where nothing works without an account.
    var pageNeedsLogin: String {
        say("Aquí se entra con una cuenta.", "You need an account here.")
    }
}
