import JSON
import MessageBus
import Testing

@testable import Chat
@testable import TelegramBridge

@Suite struct IncomingMessageTests {
    private func post(_ text: String) throws -> IncomingMessage {
        let json = """
            {"message_id":5,"chat":{"id":-100,"type":"supergroup","title":"Grupo"},\
            "from":{"id":7,"is_bot":false,"first_name":"Ana"}\(text.isEmpty ? "" : ",")\(text)}
            """
        let value = try #require(JSONReader.read(Array(json.utf8)))
        return try #require(IncomingMessage(value))
    }

    @Test func `sizes and lengths read well`() {
        let phrases = Phrases(.es)
        #expect(
            [0, 999, 1_000, 999_499, 999_500, 99_949_999, 2_000_000_000].map {
                phrases.size(bytes: $0)
            } == ["0 B", "999 B", "1 kB", "999 kB", "1,0 MB", "99,9 MB", "2,0 GB"])
        #expect(
            [0, 59, 60, 3_600].map { phrases.length(seconds: $0) } == [
                "0:00", "0:59", "1:00", "1:00:00",
            ])
    }

    @Test(arguments: [
        ("", "Ana"),
        (#""from":{"id":7,"first_name":"Ana","last_name":"Gil","username":"g"}"#, "Ana Gil"),
        (
            #""sender_chat":{"id":-100,"title":"Grupo"},"author_signature":"jefa""#, "Grupo"
        ),
        (#""sender_chat":{"id":-200,"title":"Canal"},"is_automatic_forward":true"#, "Canal"),
        (#""from":null"#, "Grupo"), (#""from":{"id":7}"#, ""),
    ])
    func `names go by who speaks`(json: String, name: String) throws {
        #expect(try post(json).speaker.name == name)
    }

    @Test func `only a forum's topics are topics, and their root is no answer`() throws {
        #expect(try post(#""message_thread_id":7"#).location == ChatLocation(chat: -100))
        let topic = try post(
            #""is_topic_message":true,"message_thread_id":7,"reply_to_message":{"message_id":7}"#)
        #expect(topic.location == ChatLocation(chat: -100, topic: 7))
        #expect(topic.answered == nil)
        let answer = try post(
            #""is_topic_message":true,"message_thread_id":7,"reply_to_message":{"message_id":9}"#)
        #expect(answer.answered?["message_id"] == .integer(9))
        #expect(
            try post(#""message_thread_id":7,"reply_to_message":{"message_id":7}"#).answered != nil)
    }

    @Test func `places are read as they are written`() {
        #expect(ChatLocation("-1001234567890") == ChatLocation(chat: -1_001_234_567_890))
        #expect(ChatLocation("-100/7") == ChatLocation(chat: -100, topic: 7))
        #expect(ChatLocation("-100/1") == ChatLocation(chat: -100))
        #expect(ChatLocation("-100/7")?.description == "-100/7")
        for text in ["", "x", "-", "-100/", "/7", "-100/0", "-100/-7", "1/2/3", "0", "+5", "5 "] {
            #expect(ChatLocation(text) == nil, "\(text)")
        }
        #expect(ChatLocation("99999999999999999") == nil)
    }
}
