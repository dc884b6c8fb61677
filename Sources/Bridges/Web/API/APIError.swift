import Chat
import JSON
import MessageBus
import Sockets

/// The reason why a program's request is refused.
struct APIError: Error, Sendable, Equatable {
    let status: HTTPStatus
    let code: String
    let text: String
    /// Seconds after which the request may be repeated; `nil` if the answer gives none.
    let retryAfter: Int64?

    /// Makes an error.
    init(_ status: HTTPStatus, _ code: AnswerCode, _ text: String, retryAfter: Int64? = nil) {
        self.init(status, code: code.rawValue, text, retryAfter: retryAfter)
    }

    private init(_ status: HTTPStatus, code: String, _ text: String, retryAfter: Int64? = nil) {
        self.status = status
        self.code = code
        self.text = text
        // A second, if nothing better is known.
        self.retryAfter = retryAfter ?? (status == .tooManyRequests ? 1 : nil)
    }

    /// Makes the error of a message that a middleware has dropped.
    init(_ drop: Drop) {
        let status: HTTPStatus =
            switch AnswerCode(rawValue: drop.code) {
            case .rateLimited: .tooManyRequests
            case .tooLong: .contentTooLarge
            case .badText, .badName, .badArguments: .badRequest
            case .forbidden: .forbidden
            default: .unprocessableContent
            }
        self.init(
            status, code: drop.code, drop.reason, retryAfter: drop.retryAfter?.retryAfter)
    }

    /// Makes the error of a request that the server itself refuses.
    init(_ refusal: HTTPRefusal) {
        let code: AnswerCode =
            switch refusal.status.code {
            case 401: .loginRequired
            case 403, 421: .forbidden
            case 413, 414, 431: .tooLong
            case 429: .rateLimited
            case 503: .full
            default: .badArguments
            }
        self.init(refusal.status, code, refusal.reason)
    }

    /// The answer.
    var response: HTTPResponse {
        let json = JSON.object(["code": .text(code), "text": .text(text)])
        var response = HTTPResponse.json(status, json.encodedWithNulls)
        if status == .unauthorized { response = response.adding("WWW-Authenticate", "Bearer") }
        if let retryAfter { response = response.adding("Retry-After", "\(retryAfter)") }
        return response
    }
}
