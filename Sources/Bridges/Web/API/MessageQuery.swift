import Chat
import MessageBus
import Sockets

/// The texts of a room that a program asks for.
struct MessageQuery: Sendable, Equatable {
    /// Only those with a greater number.
    var after: MessageNumber?
    /// Only those with a smaller number.
    var before: MessageNumber?
    var count = WebAPI.usualCount
    /// The time to wait for a text if there is none yet; `nil` not to wait.
    var wait: Duration?

    /// The longest wait.
    static let maxWait = Duration.seconds(60)

    /// Reads the query of a request.
    init(_ query: HTTPQuery) throws(APIError) {
        guard query.names.allSatisfy(Self.names.contains) else {
            throw Self.wrong("only after, before, count and wait can be given")
        }
        after = try Self.number(query["after"], "after")
        before = try Self.number(query["before"], "before")
        if let text = query["count"] {
            guard let count = Self.digits(text).flatMap({ Int(exactly: $0.rawValue) }),
                WebAPI.counts.contains(count)
            else {
                throw Self.wrong(
                    "count must be from \(WebAPI.counts.lowerBound) to \(WebAPI.counts.upperBound)")
            }
            self.count = count
        }
        if let text = query["wait"] {
            guard let wait = Duration(option: text), wait >= .zero, wait <= Self.maxWait else {
                throw Self.wrong("wait must be a time up to 60s, such as 30s")
            }
            self.wait = wait
        }
    }

    private static let names = ["after", "before", "count", "wait"]

    private static func number(_ text: String?, _ name: String) throws(APIError) -> MessageNumber? {
        guard let text else { return nil }
        guard let number = digits(text) else { throw wrong("\(name) must be a number") }
        return number
    }

    /// Returns the number that a text consists of; `nil` if it is none, or one that JavaScript
    /// could not hold.
    static func digits(_ text: String) -> MessageNumber? {
        guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = MessageNumber(text),
            number.rawValue < 1 << 53
        else { return nil }
        return number
    }

    private static func wrong(_ text: String) -> APIError {
        APIError(.badRequest, .badArguments, text)
    }
}
