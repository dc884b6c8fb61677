import Chat
import MessageBus
import Sockets

/// A page of a room's history: messages and corrections without notices, the oldest first.
struct HistoryPage: Sendable {
    var messages: [Message]
    /// True if there is nothing more in the direction that was asked for.
    let isComplete: Bool
    /// The last number that was looked at, if the page was asked for by `after` and is complete;
    /// otherwise 0.
    var examinedThrough: MessageNumber = 0

    /// Reads the page that a client of the API asks for.
    static func read(
        _ query: MessageQuery, of room: Room, _ bus: isolated Bus
    ) async throws -> HistoryPage {
        if let after = query.after {
            return try await read(query, after: after, of: room, bus)
        }
        let texts = try await bus.texts(
            in: room, before: query.before ?? .max, atMost: query.count + 1)
        return HistoryPage(
            messages: texts.suffix(query.count), isComplete: texts.count <= query.count)
    }

    private static func read(
        _ query: MessageQuery, after number: MessageNumber, of room: Room, _ bus: isolated Bus
    ) async throws -> HistoryPage {
        var (messages, number): ([Message], MessageNumber) = ([], number)
        while true {
            let events = try await bus.events(in: room, after: number, atMost: 256)
            messages += events.messages.filter {
                $0.header.isSaid && $0.number < query.before ?? .max
            }
            number = events.through
            if messages.count > query.count {
                return HistoryPage(messages: Array(messages.prefix(query.count)), isComplete: false)
            }
            if events.isComplete || number >= query.before ?? .max {
                return HistoryPage(messages: messages, isComplete: true, examinedThrough: number)
            }
        }
    }

    /// The response where nothing was said.
    static let emptyResponse = HTTPResponse.json(
        .ok, Array(#"{"messages":[],"isComplete":true}"#.utf8))

    /// Returns the response; the list is produced piece by piece.
    func response(
        _ lists: ListProduction, _ bus: isolated Bus
    ) async throws -> HTTPResponse {
        var json = Array("{\"messages\":[".utf8)
        try await lists.append(messages, to: &json, bus)
        json += ServerMessage.listEnd(isComplete: isComplete)
        return .json(.ok, json)
    }
}
