import MessageBus

/// A message from a client on a WebSocket: one JSON object, whose `type` names the case.
enum ClientMessage: Sendable, Equatable {
    /// The first message: which browser this is, and what it wants to read.
    case hello(Hello)
    /// Says something in a room.
    case say(Say)
    /// Says something to one person.
    case whisper(Whisper)
    /// Goes into a room, besides those that the person is in.
    case enter(room: String)
    /// Goes out of a room.
    case leave(room: String)
    /// Takes another name.
    case rename(name: String)
    /// Logs in to an account.
    case logIn(Credentials)
    /// Makes an account.
    case register(Credentials)
    /// Changes the password of the account that the person is logged in to.
    case changePassword(old: String, new: String)
    /// Removes the account that the person is logged in to.
    case unregister(password: String)
    /// A command that has no message of its own, as it is typed without its slash; in the room that
    /// is read.
    case command(line: String, room: String?)
    /// Deletes a message.
    case delete(number: MessageNumber)
    /// Asks for older texts.
    case history(History)
    /// Asks for texts that hold all the words; in the room, or in all.
    case search(words: String, room: String?)
    /// Asks for the people in a room.
    case people(room: String)
    /// Reports how far the person has read a room.
    case seen(room: String, number: MessageNumber)
    /// The page is going away.
    ///
    /// `isSoon`: it may be back at once, because it is being reloaded.
    case bye(isSoon: Bool)

    /// The fields of `hello`.
    struct Hello: Sendable, Equatable {
        var session: String
        var name: String?
        var password: String?
        /// The rooms to enter, or, without a name, to read; with the number of the last event that
        /// the client has seen of each.
        var rooms: [String: MessageNumber?] = [:]
        /// The number of the last private message that the client has seen.
        var whispers: MessageNumber?
        var language: String?
    }

    /// The fields of `say`.
    struct Say: Sendable, Equatable {
        var room: String
        var text: String
        var id: String
        /// The number of the message that it answers.
        var reply: MessageNumber?
    }

    /// The fields of `whisper`.
    struct Whisper: Sendable, Equatable {
        var to: String
        var text: String
        var id: String
    }

    /// A name and its password.
    struct Credentials: Sendable, Equatable {
        var name: String
        var password: String
    }

    /// The fields of `history`.
    struct History: Sendable, Equatable {
        /// The conversation whose texts are asked for.
        enum Conversation: Sendable, Equatable {
            case room(String)
            /// Private messages with somebody of that name.
            case person(String)
        }

        var conversation: Conversation
        /// The number before which the texts lie; `nil` for the newest ones.
        var before: MessageNumber?
        var count: Int
    }
}

// A session, a password or a text is never printed.
extension ClientMessage: CustomStringConvertible {
    /// The name of the request, which the answer repeats.
    var description: String { "\(request)" }
}

extension ClientMessage.Hello: CustomStringConvertible {
    /// The name; the session and the password are never shown.
    var description: String { "\(name ?? "nobody") •••" }
}

extension ClientMessage.Credentials: CustomStringConvertible {
    /// The name; the password is never shown.
    var description: String { "\(name) •••" }
}
