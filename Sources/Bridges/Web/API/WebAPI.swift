import Chat
import JSON
import MessageBus
import Sockets

/// The HTTP API for programs: rooms, messages, streams of events.
///
/// Confined to the bus's loop, which each request checks.
final class WebAPI: @unchecked Sendable {  // touched on the loop only
    unowned let server: WebServer
    private var tries = TokenAttempts()

    /// The bounds on the number of texts in one answer.
    static let counts = 1...500
    /// The number of texts if a request gives none.
    static let usualCount = 100

    /// Makes the API of a server.
    init(_ server: WebServer) { self.server = server }

    var bus: Bus { server.port.bus }

    /// Adds the routes.
    func register(in router: HTTPRouter) {
        router.add(.get, "/api/rooms") { [unowned self] in serve($0) { try self.listRooms($0, $1) }
        }
        router.add(.get, "/api/rooms/:room/messages") { [unowned self] in
            serve($0) { try self.readMessages($0, $1) }
        }
        router.add(.post, "/api/rooms/:room/messages") { [unowned self] in
            serve($0) { try self.say($0, $1) }
        }
        router.add(.get, "/api/rooms/:room/events") { [unowned self] in
            serve($0) { try self.follow($0, $1) }
        }
    }

    private func serve(
        _ exchange: HTTPExchange, _ body: @Sendable (HTTPExchange, isolated Bus) throws -> Void
    ) {
        bus.assumeIsolated { bus in
            do {
                try body(exchange, bus)
            } catch {
                exchange.respond(Self.response(error))
            }
        }
    }

    private static func response(_ error: any Error) -> HTTPResponse {
        switch error {
        case let error as APIError: error.response
        case let refusal as HTTPRefusal: APIError(refusal).response
        default:
            APIError(
                .serviceUnavailable, .dropped, "the store can't be read at present", retryAfter: 10
            ).response
        }
    }

    /// Answers with messages for which the bus or the store has to be asked.
    ///
    /// - Parameter question: returns `nil` if it has arranged for the answer itself.
    private func answer(
        _ exchange: HTTPExchange,
        _ question: @escaping @Sendable (isolated Bus) async throws -> HistoryPage?
    ) {
        let (lists, host) = (server.lists, exchange.peer.host)
        let task = Task(executorPreference: bus.tasks) { [bus] in
            var permit: ListProduction.Permit?
            let response: HTTPResponse
            do {
                let begun = try await lists.begin(for: host, bus)
                guard let page = try await question(bus) else { return }
                response = try await page.response(lists, bus)
                permit = begun
            } catch {
                response = Self.response(error)
            }
            await bus.perform { [permit] _ in
                if let permit { lists.record(permit, bytes: response.body.count) }
                exchange.respond(response, keeping: permit)
            }
        }
        exchange.onCancel = { task.cancel() }
    }

    /// Answers with messages.
    func respond(_ exchange: HTTPExchange, with page: HistoryPage) {
        answer(exchange) { _ in page }
    }

    // MARK: - Who asks

    /// Returns the program that asks; `nil` for a client without a token, which may read where that
    /// is allowed.
    func client(of exchange: HTTPExchange, _ bus: isolated Bus) throws(APIError) -> APIClient? {
        guard let header = exchange.head["authorization"] else { return nil }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw APIError(
                .unauthorized, .loginRequired, "Authorization must be: Bearer SECRET")
        }
        let (secret, host, now) = (String(parts[1]), exchange.peer.host, server.loop.now)
        let digest = SHA256.digest(of: secret.utf8)
        if let seconds = tries.wait(of: host, at: now), !tries.wasUsed(digest, from: host) {
            throw APIError(
                .tooManyRequests, .rateLimited,
                "too many wrong secrets came from this address; try again in \(seconds) s",
                retryAfter: seconds)
        }
        guard let client = server.tokens.client(withDigest: digest, bus.accounts) else {
            tries.recordFailure(from: host, at: now)
            throw APIError(.unauthorized, .loginRequired, "no token has this secret")
        }
        tries.recordUse(of: digest, from: host)
        return client
    }

    private func reader(
        _ exchange: HTTPExchange, _ bus: isolated Bus
    ) throws(APIError) -> APIClient? {
        let client = try client(of: exchange, bus)
        if client == nil, server.isTokenRequired {
            throw APIError(.unauthorized, .loginRequired, "reading needs a token here")
        }
        return client
    }

    /// Returns the room that a request is about, if the program may use it.
    func room(
        of exchange: HTTPExchange, for client: APIClient?
    ) throws(APIError) -> WebRoom {
        let name = exchange.parameters.first ?? ""
        guard let room = server.room(name) else {
            throw APIError(.notFound, .unknownRoom, "there is no such room")
        }
        if let only = client?.room, only != name {
            throw APIError(.forbidden, .forbidden, "this token is for another room")
        }
        if server.port.direction == .in {
            throw APIError(.forbidden, .forbidden, "this bridge only brings messages in")
        }
        return room
    }

    // MARK: - Reading

    private func listRooms(_ exchange: HTTPExchange, _ bus: isolated Bus) throws {
        let client = try reader(exchange, bus)
        let rooms: [JSON] = bus.rooms.filter { client?.room ?? $0.name == $0.name }.map { room in
            .object([
                "name": .text(room.name), "last": ServerMessage.number(room.lastNumber),
                "people": .integer(Int64(room.population)),
            ])
        }
        exchange.respond(.json(.ok, JSON.list(rooms).encoded))
    }

    private func readMessages(_ exchange: HTTPExchange, _ bus: isolated Bus) throws {
        let client = try reader(exchange, bus)
        let room = try room(of: exchange, for: client)
        let query = try MessageQuery(try HTTPQuery(exchange.head))
        let last = room.room.lastNumber
        if let wait = query.wait, query.after ?? last >= last {
            return server.polls.wait(
                exchange, of: client, in: room, after: last, query.count, within: wait)
        }
        answer(exchange) { [server] bus in
            var page = try await HistoryPage.read(query, of: room.room, bus)
            page.messages = room.shown(page.messages)
            guard let wait = query.wait, page.messages.isEmpty, page.isComplete else {
                return page
            }
            // What is newer are notices, which answer nobody.
            server.polls.wait(
                exchange, of: client, in: room, after: page.examinedThrough, query.count,
                within: wait)
            return nil
        }
    }

    private func follow(_ exchange: HTTPExchange, _ bus: isolated Bus) throws {
        let client = try reader(exchange, bus)
        let room = try room(of: exchange, for: client)
        var response = HTTPResponse(.ok, contentType: "text/event-stream")
        response.isStream = true
        if exchange.head.method == .head { return exchange.respond(response) }
        guard let text = exchange.head["last-event-id"] else {
            return begin(exchange, response, of: client, in: room, after: nil, missed: 0)
        }
        guard let number = MessageQuery.digits(text) else {
            throw APIError(.badRequest, .badArguments, "Last-Event-ID must be a number")
        }
        let name = room.room.name
        let (body, server) = (response, server)
        let task = Task(executorPreference: bus.tasks) { [self, bus = self.bus] in
            let missed = try? await bus.missed(in: name, after: number)
            await bus.perform { _ in
                guard let room = server.room(name), let missed else {
                    return exchange.respond(Self.response(CancellationError()))
                }
                begin(exchange, body, of: client, in: room, after: number, missed: missed)
            }
        }
        exchange.onCancel = { task.cancel() }
    }

    private func begin(
        _ exchange: HTTPExchange, _ response: HTTPResponse, of client: APIClient?, in room: WebRoom,
        after number: MessageNumber?,
        missed: Int
    ) {
        exchange.takeOver(response) { [server] taken in
            server.port.bus.assumeIsolated {
                server.begin(taken, of: client, in: room, after: number, missed: missed, $0)
            }
        }
    }
}

extension Bus {
    /// Returns the number of events that may be missing after a number, in a room given by its
    /// name.
    func missed(in room: String, after number: MessageNumber) async throws -> Int {
        guard let room = self.room(room) else { return 0 }
        return try await missedEvents(in: room, after: number)
    }
}
