import Chat
import JSON
import MessageBus
import Sockets

// Messages that programs post.
extension WebAPI {
    /// The fields of a message to be said.
    private struct NewMessage {
        let text: String
        let name: String?
        let reply: MessageNumber?
        let id: String?
    }

    /// Says what a program has posted.
    func say(_ exchange: HTTPExchange, _ bus: isolated Bus) throws {
        guard let client = try client(of: exchange, bus) else {
            throw APIError(.unauthorized, .loginRequired, "posting needs a token")
        }
        let room = try roomForSpeaking(exchange, client)
        try exchange.head.requireContentType("application/json")
        let new = try newMessage(exchange)
        if server.textLimit.isExceeded(by: new.text) {
            let reason = server.phrases.textIsTooLong(server.textLimit.characters)
            throw APIError(.contentTooLarge, .tooLong, reason)
        }
        let speech = Bus.Speech(
            Array(new.text.utf8), by: try sender(of: client, new.name), session: client.digest,
            id: new.id, reply: new.reply)
        bus.say(speech, in: room, by: server.port.attachment) { [server] result in
            switch result {
            // Whoever is told that it is said must not have to say it again after a crash.
            case .said(let number), .saidBefore(let number):
                server.whenKept(number) { exchange.respond(Self.response(result)) }
            default: exchange.respond(Self.response(result))
            }
        }
    }

    private func roomForSpeaking(
        _ exchange: HTTPExchange, _ client: APIClient
    ) throws(APIError) -> Room {
        let name = exchange.parameters.first ?? ""
        guard let room = server.room(name) else {
            throw APIError(.notFound, .unknownRoom, "there is no such room")
        }
        if client.isReadOnly {
            throw APIError(.forbidden, .forbidden, "this token may only read")
        }
        if let only = client.room, only != name {
            throw APIError(.forbidden, .forbidden, "this token is for another room")
        }
        if server.port.direction == .out {
            throw APIError(.forbidden, .forbidden, "this bridge only takes messages out")
        }
        return room.room
    }

    private func newMessage(_ exchange: HTTPExchange) throws(APIError) -> NewMessage {
        guard String(validating: exchange.body, as: UTF8.self) != nil else {
            throw APIError(.badRequest, .badText, "the body is not UTF-8")
        }
        guard let json = JSONReader.read(exchange.body), json.isObject else {
            throw Self.wrong("the body must be a JSON object")
        }
        guard let text = json["text"].string else { throw Self.wrong("text must be a string") }
        if json["as"].isPresent, json["as"].string == nil {
            throw Self.wrong("as must be a string")
        }
        var reply: MessageNumber?
        if json["reply"].isPresent {
            guard
                let number = json["reply"].integer.flatMap({
                    UInt64(exactly: $0).map(MessageNumber.init(rawValue:))
                })
            else {
                throw Self.wrong("reply must be a number")
            }
            reply = number
        }
        return NewMessage(
            text: text, name: json["as"].string, reply: reply, id: try id(json, exchange.head))
    }

    private func id(_ json: JSON, _ head: HTTPRequestHead) throws(APIError) -> String? {
        var ids: [String] = []
        if json["id"].isPresent {
            guard let id = json["id"].string else { throw Self.wrong("id must be a string") }
            ids.append(id)
        }
        if let key = head["idempotency-key"] { ids.append(key) }
        guard let id = ids.first else { return nil }
        guard ids.allSatisfy({ $0 == id }) else {
            throw Self.wrong("id and Idempotency-Key differ")
        }
        guard ClientMessageReader.isID(id) else {
            throw Self.wrong("an id has 1 to 64 characters")
        }
        return id
    }

    private func sender(of client: APIClient, _ name: String?) throws(APIError) -> Sender {
        let shown: String
        if let name {
            do throws(NameProblem) {
                shown = "\(try Name(name).text) (\(client.name))"
            } catch {
                throw APIError(.badRequest, .badName, server.phrases.badName(error))
            }
        } else {
            shown = "\(client.name) (\(server.port.attachment.name))"
        }
        var hasher = Hasher()
        hasher.combine(client.digest)
        // The highest bit is set, as for everybody who does not speak through a connection.
        let identity = UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
        return Sender(
            name: shown, key: NameFolding.key(shown), bridge: server.port.attachment.name,
            identity: identity)
    }

    private static func response(_ result: SpeechResult) -> HTTPResponse {
        switch result {
        case .said(let number): posted(.created, number)
        case .saidBefore(let number): posted(.ok, number)
        case .dropped(let drop): APIError(drop).response
        case .unknownMessage:
            APIError(.notFound, .unknownMessage, "there is no such message to answer").response
        case .full:
            APIError(.tooManyRequests, .rateLimited, "too many messages of this token are waiting")
                .response
        case .notHere, .unknownPerson:
            APIError(.forbidden, .forbidden, "the room does not exist").response
        }
    }

    private static func posted(_ status: HTTPStatus, _ number: MessageNumber) -> HTTPResponse {
        .json(status, JSON.object(["number": ServerMessage.number(number)]).encoded)
    }

    private static func wrong(_ text: String) -> APIError {
        APIError(.badRequest, .badArguments, text)
    }
}
