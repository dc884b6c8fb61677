import Chat
import JSON
import MessageBus
import Sockets

/// A client of the Bot API.
///
/// Safe from any thread. The token is in the address of each call, so no address is in any error.
struct BotAPI: Sendable {
    private let client: HTTPClient
    private let base: String
    private let token: Secret
    /// Called for each answer that asks the bridge to wait.
    private let onFlood: @Sendable () -> Void

    /// The time that a call may take; the poll has its own.
    static let deadline = Duration.seconds(30)

    init(
        _ client: HTTPClient, at base: String, token: Secret,
        onFlood: @escaping @Sendable () -> Void = {}
    ) {
        self.onFlood = onFlood
        self.client = client
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.token = token
    }

    /// Calls a method and returns its result.
    ///
    /// - Parameters:
    ///   - parameters: the parameters; those that are null are left out.
    ///   - isFresh: true if open connections must not be used.
    func call(
        _ method: String, _ parameters: [String: JSON] = [:], within deadline: Duration = deadline,
        isFresh: Bool = false
    ) async throws(BotAPIError) -> JSON {
        var request = HTTPRequest(
            "\(base)/bot\(token.reveal())/\(method)", body: JSON.object(parameters).encoded)
        request.deadline = deadline
        request.wantsFreshConnection = isFresh
        let answer: HTTPAnswer
        do {
            answer = try await client.send(request)
        } catch let error as HTTPError {
            if error.kind == .cancelled { throw .cancelled }
            throw .unreachable("\(error)", mayHaveArrived: error.mayHaveArrived)
        } catch {
            throw .unreachable("the request failed", mayHaveArrived: true)
        }
        return try result(answer)
    }

    private func result(_ answer: HTTPAnswer) throws(BotAPIError) -> JSON {
        // A proxy in front of Telegram answers in HTML, also with codes that mean something else
        // there.
        guard let json = JSONReader.read(answer.body), case .bool(let isOK) = json["ok"] else {
            throw .unreachable(
                "the answer is not Telegram's (status \(answer.status))", mayHaveArrived: true)
        }
        if isOK { return json["result"] }
        let error = BotAPIError(
            code: json["error_code"].integer ?? Int64(answer.status),
            description: withoutToken(json["description"].string ?? ""),
            parameters: json["parameters"],
            retryAfter: answer.retryAfter)
        if case .flood = error { onFlood() }
        throw error
    }

    /// Returns a text without the token: a proxy may repeat the address that it was asked for.
    private func withoutToken(_ text: String) -> String {
        let token = token.reveal()
        // The part behind the colon is removed by itself, too, in case the colon is written
        // otherwise.
        let secret = token.split(separator: ":").last.map(String.init) ?? token
        let clean = text.replacing(token, with: "…")
        return secret.isEmpty ? clean : clean.replacing(secret, with: "…")
    }
}
