import JSON
import MessageBus
import Testing

@testable import Chat
@testable import TelegramBridge

/// Entities beside a text, and rich messages made of parts.
@Suite struct TextEntitiesTests {
    private func json(_ text: String) throws -> JSON {
        try #require(
            JSONReader.read(Array("{\"message_id\":5,\"chat\":{\"id\":-100},\(text)}".utf8)))
    }

    @Test func `rich messages come as lines`() throws {
        let blocks = """
            [{"type":"heading","text":"Receta","size":1},
            {"type":"paragraph","text":["Pan ",{"type":"bold","text":"rico"},
            {"type":"url","text":" aquí","url":"https://pan.es"},
            {"type":"spoiler","text":"secreto"}]},
            {"type":"list","items":[{"label":"1.","blocks":[{"type":"paragraph","text":"agua"}]},
            {"label":"•","has_checkbox":true,"is_checked":true,"blocks":[{"type":"paragraph","text":"sal"}]}]},
            {"type":"blockquote","blocks":[{"type":"paragraph","text":"sabe"}],"credit":"Eva"},
            {"type":"table","cells":[[{"text":"a"},{"text":"b"}],[{"text":"1"},{}]]},
            {"type":"details","summary":"más","blocks":[{"type":"mathematical_expression","expression":"x^2"}]},
            {"type":"divider"},{"type":"photo","photo":[],"caption":{"text":"la masa","credit":"yo"}},
            {"type":"voice_note","voice_note":{"duration":5}},{"type":"anchor","name":"x"},
            {"type":"nuevo","text":{"type":"custom_emoji","alternative_text":"😀"}}]
            """
        let message = try json(#""rich_message":{"blocks":\#(blocks)}"#)
        #expect(
            MessageWording(Phrases(.es)).text(of: message) == """
                Receta
                Pan rico aquí (https://pan.es)▒▒▒
                1. agua
                ☑ sal
                > sabe
                > — Eva
                a | b
                1 | 
                más
                x^2
                ———
                [foto] la masa
                [mensaje de voz, 0:05]
                😀
                """)
        #expect(
            MessageWording(Phrases(.es), showsSpoilers: true).text(of: message)?
                .contains("secreto") == true)
        #expect(
            try MessageWording(Phrases(.es)).text(of: json(#""rich_message":{}"#))
                == "[mensaje con formato]")
    }

    private func rendered(
        _ text: String, _ entities: String, showsSpoilers: Bool = false
    ) throws -> String {
        let list = try #require(JSONReader.read(Array(entities.utf8)))
        return TextEntities.rendered(text, list, showsSpoilers: showsSpoilers)
    }

    @Test func `hidden links keep their address, spoilers are hidden`() throws {
        func link(_ offset: Int, _ length: Int, _ url: String = "https://a.es/x") -> String {
            #"{"type":"text_link","offset":\#(offset),"length":\#(length),"url":"\#(url)"}"#
        }
        func spoiler(_ offset: Int, _ length: Int) -> String {
            #"{"type":"spoiler","offset":\#(offset),"length":\#(length)}"#
        }
        #expect(
            try rendered("mira aquí, vale", "[\(link(5, 4))]")
                == "mira aquí (https://a.es/x), vale")
        #expect(try rendered("🙂 aquí ", "[\(link(3, 5))]") == "🙂 aquí (https://a.es/x) ")
        #expect(try rendered("a.es/x", "[\(link(0, 6))]") == "a.es/x")
        #expect(try rendered("https://a.es/x/", "[\(link(0, 15))]") == "https://a.es/x/")
        #expect(
            try rendered("uno dos", "[\(link(4, 3, "tg://x")),\(link(0, 3))]")
                == "uno (https://a.es/x) dos (tg://x)")
        #expect(try rendered("es el mayordomo.", "[\(spoiler(3, 12))]") == "es ▒▒▒.")
        #expect(
            try rendered("ab cd ef", "[\(spoiler(3, 2)),\(spoiler(5, 3))]") == "ab ▒▒▒")
        #expect(
            try rendered("es él", "[\(spoiler(3, 2)),\(link(3, 2))]") == "es ▒▒▒")
        #expect(
            try rendered("es él", "[\(spoiler(3, 2)),\(link(3, 2))]", showsSpoilers: true)
                == "es él (https://a.es/x)")
        for odd in [spoiler(-1, 3), spoiler(9, 2), spoiler(0, 0), link(50, 2), "7", "{}"] {
            #expect(try rendered("hola", "[\(odd)]") == "hola", "\(odd)")
        }
        #expect(try rendered("hola", "[\(spoiler(2, 9_000_000_000))]") == "ho▒▒▒")
    }

    @Test func `captions, quotes and polls have entities too`() throws {
        let spoiler = #"[{"type":"spoiler","offset":0,"length":2}]"#
        let wording = MessageWording(Phrases(.es))
        #expect(
            try wording.text(
                of: json(#""photo":[],"caption":"él fue","caption_entities":\#(spoiler)"#))
                == "[foto] ▒▒▒ fue")
        #expect(
            try wording.text(
                of: json(
                    #""checklist":{"title":"él","title_entities":\#(spoiler),"tasks":[]}"#))
                == "[lista de tareas: ▒▒▒]")
    }

    /// The members of a message that say what kind it is, as of Bot API 10.3.
    private static let kinds = """
        text rich_message animation audio document live_photo paid_media photo sticker story video \
        video_note voice checklist contact dice game poll venue location chat_owner_left \
        chat_owner_changed new_chat_title new_chat_photo delete_chat_photo \
        message_auto_delete_timer_changed pinned_message invoice successful_payment \
        refunded_payment users_shared chat_shared gift unique_gift gift_upgrade_sent \
        connected_website write_access_allowed passport_data proximity_alert_triggered \
        boost_added chat_background_set checklist_tasks_done checklist_tasks_added \
        community_chat_added community_chat_joined community_chat_removed \
        direct_message_price_changed forum_topic_created forum_topic_edited forum_topic_closed \
        forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden \
        giveaway_created giveaway giveaway_winners giveaway_completed managed_bot_created \
        paid_message_price_changed poll_option_added poll_option_deleted \
        suggested_post_approved suggested_post_approval_failed suggested_post_declined \
        suggested_post_paid suggested_post_refunded video_chat_scheduled video_chat_started \
        video_chat_ended video_chat_participants_invited web_app_data
        """.split(separator: " ").map(String.init)

    @Test func `there is a word for every kind, whatever is in it`() throws {
        for kind in Self.kinds where kind != "text" {
            for value in ["{}", "7", "[]", #""x""#, "true", #"{"text":5,"title":[],"users":{}}"#] {
                for language in [Language.es, .en] {
                    let text = try MessageWording(Phrases(language))
                        .text(of: json(#""\#(kind)":\#(value)"#))
                    let hasWord = text.map { !$0.contains(Phrases(language).unsupported) } ?? false
                    #expect(hasWord, "\(kind) \(value): \(text ?? "nil")")
                }
            }
        }
    }
}
