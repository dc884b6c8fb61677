import Testing

@testable import Bridges

@Suite struct TelegramPostTests {
    private func post(_ text: String) throws -> TelegramPost {
        let json = """
            {"message_id":5,"chat":{"id":-100,"type":"supergroup","title":"Grupo"},\
            "from":{"id":7,"is_bot":false,"first_name":"Ana"}\(text.isEmpty ? "" : ",")\(text)}
            """
        let value = try #require(JSONReader.read(Array(json.utf8)))
        return try #require(TelegramPost(value))
    }

    @Test(arguments: [
        (#""text":"hola""#, "hola"),
        (#""photo":[{"file_id":"x"}],"caption":"la playa""#, "[foto] la playa"),
        (#""photo":[]"#, "[foto]"),
        (
            #""document":{"file_name":"informe.pdf","file_size":2097152}"#,
            "[documento: informe.pdf, 2,1 MB]"
        ),
        (#""document":{}"#, "[documento]"),
        (#""document":7"#, "[documento]"),
        (#""animation":{},"document":{"file_name":"a.mp4"},"caption":"jaja""#, "[GIF] jaja"),
        (#""sticker":{"emoji":"😀"}"#, "[sticker 😀]"), (#""sticker":{}"#, "[sticker]"),
        (#""voice":{"duration":7}"#, "[mensaje de voz, 0:07]"),
        (#""video":{"duration":3725},"caption":"c""#, "[vídeo, 1:02:05] c"),
        (#""video_note":{"duration":61}"#, "[videomensaje, 1:01]"),
        (
            #""audio":{"performer":"Mina","title":"Se telefonando","duration":178}"#,
            "[audio: Mina – Se telefonando, 2:58]"
        ),
        (#""location":{"latitude":40.4168,"longitude":-3.7038}"#, "[ubicación: 40.4168, -3.7038]"),
        (
            #""location":{"latitude":1,"longitude":2,"live_period":60}"#, "[ubicación en directo]"
        ),
        (
            #""venue":{"title":"Bar","address":"Calle 1"},"location":{}"#, "[lugar: Bar, Calle 1]"
        ),
        (#""contact":{"first_name":"Eva","phone_number":"+34 1"}"#, "[contacto: Eva, +34 1]"),
        (
            #""poll":{"question":"¿Pizza?","options":[{"text":"sí"},{"text":"no"}]}"#,
            "[encuesta: ¿Pizza? sí / no]"
        ),
        (#""dice":{"emoji":"🎲","value":4}"#, "[dado 🎲 4]"),
        (#""new_chat_title":"Casa""#, "[nuevo nombre del grupo: Casa]"),
        (#""pinned_message":{"date":0}"#, "[mensaje fijado]"),
        (#""pinned_message":{"date":9,"text":"importante"}"#, "[mensaje fijado]"),
        (#""hologram":{"x":1}"#, "[mensaje no compatible]"), ("", "[mensaje no compatible]"),
        (#""text":12"#, "[mensaje no compatible]"),
        (
            #""text":"t","forward_origin":{"type":"user","sender_user":{"first_name":"Eva"}}"#,
            "[reenviado de Eva] t"
        ),
        (
            #""text":"t","forward_origin":{"type":"hidden_user","sender_user_name":"X] y"}"#,
            "[reenviado de X y] t"
        ),
        (
            #""text":"t","forward_origin":{"type":"channel","chat":{"title":"Canal"}}"#,
            "[reenviado de Canal] t"
        ),
    ])
    func `every kind has words`(json: String, text: String) throws {
        #expect(try post(json).text(Words(.es)) == text)
    }

    @Test(arguments: [
        #""migrate_to_chat_id":-5"#, #""migrate_from_chat_id":-5"#,
        #""new_chat_members":[{"id":1}]"#, #""left_chat_member":{"id":1}"#,
        #""group_chat_created":true"#,
    ])
    func `what nobody said has none`(json: String) throws {
        #expect(try post(json).text(Words(.es)) == nil)
    }

    @Test func `English has its own words`() throws {
        #expect(
            try post(#""document":{"file_name":"a","file_size":1500000}"#).text(Words(.en))
                == "[document: a, 1.5 MB]")
        #expect(try post("").text(Words(.en)) == "[unsupported message]")
    }

    @Test func `sizes and lengths read well`() {
        let words = Words(.es)
        #expect(
            [0, 999, 1_000, 999_499, 999_500, 99_949_999, 2_000_000_000].map {
                words.size(bytes: $0)
            } == ["0 B", "999 B", "1 kB", "999 kB", "1,0 MB", "99,9 MB", "2,0 GB"])
        #expect(
            [0, 59, 60, 3_600].map { words.length(seconds: $0) } == [
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
        #expect(try post(#""message_thread_id":7"#).place == TelegramPlace(chat: -100))
        let topic = try post(
            #""is_topic_message":true,"message_thread_id":7,"reply_to_message":{"message_id":7}"#)
        #expect(topic.place == TelegramPlace(chat: -100, topic: 7))
        #expect(topic.answered == nil)
        let answer = try post(
            #""is_topic_message":true,"message_thread_id":7,"reply_to_message":{"message_id":9}"#)
        #expect(answer.answered?["message_id"] == .integer(9))
        #expect(
            try post(#""message_thread_id":7,"reply_to_message":{"message_id":7}"#).answered != nil)
    }

    @Test func `places are read as they are written`() {
        #expect(TelegramPlace("-1001234567890") == TelegramPlace(chat: -1_001_234_567_890))
        #expect(TelegramPlace("-100/7") == TelegramPlace(chat: -100, topic: 7))
        #expect(TelegramPlace("-100/1") == TelegramPlace(chat: -100))
        #expect(TelegramPlace("-100/7")?.description == "-100/7")
        for text in ["", "x", "-", "-100/", "/7", "-100/0", "-100/-7", "1/2/3", "0", "+5", "5 "] {
            #expect(TelegramPlace(text) == nil, "\(text)")
        }
        #expect(TelegramPlace("99999999999999999") == nil)
    }
}
