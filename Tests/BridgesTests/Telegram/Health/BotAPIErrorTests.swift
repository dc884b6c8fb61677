import JSON
import Testing

@testable import Chat
@testable import TelegramBridge

@Suite struct BotAPIErrorTests {
    private func apiError(_ code: Int64, _ text: String, _ parameters: JSON = .null) -> BotAPIError
    {
        BotAPIError(code: code, description: text, parameters: parameters, retryAfter: nil)
    }

    @Test(arguments: [
        "CHAT_SEND_PLAIN_FORBIDDEN", "CHANNEL_PRIVATE", "TOPIC_DELETED", "USER_RESTRICTED",
        "PEER_FLOOD", "CHAT_ADMIN_REQUIRED", "BOT_GROUPS_BLOCKED", "TOPIC_CLOSED",
        "group chat was upgraded to a supergroup chat", "chat not found",
    ])
    func `an answer about the chat shuts it`(text: String) {
        let answer = "Bad Request: \(text)"
        #expect(apiError(400, answer) == .blocked("400 \(answer)"))
    }

    @Test(arguments: [
        "MESSAGE_TOO_LONG", "message is too long", "chat_ty users are welcome", "Users of CHAT_",
    ])
    func `an answer about the message refuses that`(text: String) {
        let answer = "Bad Request: \(text)"
        #expect(apiError(400, answer) == .rejected("400 \(answer)"))
        #expect(apiError(413, answer) == .rejected("413 \(answer)"))
    }

    @Test func `an answer without a reason says so`() {
        #expect(
            apiError(200, "") == .unreachable("200, without a reason", mayHaveArrived: true))
        #expect(apiError(403, "\u{7}") == .blocked("403, without a reason"))
        #expect(apiError(403, "a\n\u{2028}\u{202E}b") == .blocked("403 ab"))
    }

    @Test func `a flood is one by its code, and says how long`() {
        let wait = JSON.object(["retry_after": .integer(7)])
        #expect(apiError(429, "Too Many Requests", wait) == .flood(after: .seconds(7)))
        #expect(apiError(420, "Flood") == .flood(after: .seconds(5)))
        #expect(apiError(420, "FLOOD_WAIT_31") == .flood(after: .seconds(31)))
        #expect(apiError(400, "Bad Request: SLOWMODE_WAIT_9") == .flood(after: .seconds(9)))
        #expect(apiError(420, "FLOOD_WAIT_999999999999") == .flood(after: .seconds(86_400)))
    }

    @Test(arguments: [402, 405, 408, 418, 425, 451, 499, 500, 599, 200, 302] as [Int64])
    func `codes that say nothing of the message are waited out`(code: Int64) {
        guard case .unreachable = apiError(code, "Whatever") else {
            Issue.record("\(apiError(code, "Whatever"))")
            return
        }
    }
}
