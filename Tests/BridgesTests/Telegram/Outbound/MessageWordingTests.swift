import JSON
import MessageBus
import Testing

@testable import Chat
@testable import TelegramBridge

/// All kinds of message that the Bot API has, in both languages.
@Suite struct MessageWordingTests {
    private func json(_ text: String) throws -> JSON {
        try #require(
            JSONReader.read(
                Array(
                    """
                    {"message_id":5,"chat":{"id":-100,"title":"Grupo"},"date":1,\
                    "from":{"id":7,"is_bot":false,"first_name":"Ana"}\(text.isEmpty ? "" : ",")\(text)}
                    """.utf8)))
    }

    private static let whole = MessageWording.Referred(excerpt: "la de antes", isWhole: true)

    private func check(_ kinds: [(String, String, String)]) throws {
        for (kind, spanish, english) in kinds {
            let message = try json(kind)
            for (language, expected) in [(Language.es, spanish), (.en, english)] {
                let text = MessageWording(Phrases(language)).text(of: message, referred: Self.whole)
                #expect(text == expected, "\(kind)")
            }
        }
    }

    @Test func `files, places and people`() throws {
        try check([
            (#""text":"hola""#, "hola", "hola"),
            (
                #""photo":[{"file_id":"x"}],"caption":"la playa""#, "[foto] la playa",
                "[photo] la playa"
            ),
            (#""live_photo":{"duration":3},"photo":[]"#, "[foto en movimiento]", "[live photo]"),
            (
                #""document":{"file_name":"informe.pdf","file_size":2097152}"#,
                "[documento: informe.pdf, 2,1 MB]", "[document: informe.pdf, 2.1 MB]"
            ),
            (#""document":{}"#, "[documento]", "[document]"),
            (#""document":7"#, "[documento]", "[document]"),
            (#""animation":{},"document":{},"caption":"jaja""#, "[GIF] jaja", "[GIF] jaja"),
            (#""sticker":{"emoji":"😀"}"#, "[sticker 😀]", "[sticker 😀]"),
            (#""voice":{"duration":7}"#, "[mensaje de voz, 0:07]", "[voice message, 0:07]"),
            (
                #""video":{"duration":3725},"caption":"c""#, "[vídeo, 1:02:05] c",
                "[video, 1:02:05] c"
            ),
            (#""video_note":{"duration":61}"#, "[videomensaje, 1:01]", "[video message, 1:01]"),
            (
                #""audio":{"performer":"Mina","title":"Se telefonando","duration":178}"#,
                "[audio: Mina – Se telefonando, 2:58]", "[audio: Mina – Se telefonando, 2:58]"
            ),
            (
                #""paid_media":{"star_count":25,"paid_media":[{"type":"photo"}]},"caption":"ven""#,
                "[contenido de pago: 25 estrellas] ven", "[paid media: 25 stars] ven"
            ),
            (
                #""location":{"latitude":40.4168,"longitude":-3.7038}"#,
                "[ubicación: 40.4168, -3.7038]", "[location: 40.4168, -3.7038]"
            ),
            (
                #""location":{"latitude":1,"longitude":2,"live_period":60}"#,
                "[ubicación en directo]", "[live location]"
            ),
            (
                #""venue":{"title":"Bar","address":"Calle 1"},"location":{}"#,
                "[lugar: Bar, Calle 1]", "[venue: Bar, Calle 1]"
            ),
            (
                #""contact":{"first_name":"Eva","phone_number":"+34 1"}"#,
                "[contacto: Eva, +34 1]", "[contact: Eva, +34 1]"
            ),
            (#""dice":{"emoji":"🎲","value":4}"#, "[dado 🎲 4]", "[dice 🎲 4]"),
            (
                #""story":{"chat":{"id":-9,"title":"Canal"},"id":3}"#, "[historia: Canal]",
                "[story: Canal]"
            ),
        ])
    }

    @Test func `polls and lists, with what became of them`() throws {
        let list = """
            "checklist":{"title":"Compra","tasks":[{"id":1,"text":"pan","completion_date":9},\
            {"id":2,"text":"leche"},{"id":3,"text":"sal","completed_by_user":{"id":1}}]}
            """
        let poll = """
            "poll":{"question":"¿Pizza?","options":[{"text":"sí","voter_count":1},{"text":"no"}]}
            """
        let message = #"{"message_id":4,"date":1,"chat":{"id":-100},"#
        try check([
            (poll, "[encuesta: ¿Pizza? sí / no]", "[poll: ¿Pizza? sí / no]"),
            (
                #""poll":{"question":"¿Qué?","description":"con queso","options":[]}"#,
                "[encuesta: ¿Qué? (con queso)]", "[poll: ¿Qué? (con queso)]"
            ),
            (
                #""poll_option_added":{"option_text":"quizá","poll_message":\#(message)\#(poll)}}"#,
                "[opción añadida a la encuesta: ¿Pizza?: quizá]",
                "[option added to the poll: ¿Pizza?: quizá]"
            ),
            (
                #""poll_option_deleted":{"option_text":"quizá","option_persistent_id":"x"}"#,
                "[opción quitada de la encuesta: quizá]", "[option removed from the poll: quizá]"
            ),
            (
                list, "[lista de tareas: Compra: ☑ pan / ☐ leche / ☑ sal]",
                "[checklist: Compra: ☑ pan / ☐ leche / ☑ sal]"
            ),
            (
                """
                "checklist_tasks_done":{"checklist_message":\(message)\(list)},\
                "marked_as_done_task_ids":[1,3],"marked_as_not_done_task_ids":[2]}
                """,
                "[lista de tareas: Compra: ☑ pan / sal; ☐ leche]",
                "[checklist: Compra: ☑ pan / sal; ☐ leche]"
            ),
            (
                #""checklist_tasks_done":{"marked_as_done_task_ids":[1,3]}"#,
                "[lista de tareas: ☑ 2]", "[checklist: ☑ 2]"
            ),
            (
                """
                "checklist_tasks_added":{"checklist_message":\(message)\(list)},\
                "tasks":[{"id":4,"text":"vino"}]}
                """,
                "[tareas añadidas: Compra: ☐ vino]", "[tasks added: Compra: ☐ vino]"
            ),
        ])
        // The parts of a list that may not be read are left out.
        let done = try json(
            """
            "checklist_tasks_done":{"checklist_message":\(message)\(list)},\
            "marked_as_done_task_ids":[1]}
            """)
        #expect(MessageWording(Phrases(.es)).text(of: done) == "[lista de tareas: ☑ 1]")
    }

    @Test func `what happens in a group`() throws {
        let eva = #"{"id":8,"first_name":"Eva","last_name":"Gil"}"#
        try check([
            (
                #""new_chat_title":"Casa""#, "[nuevo nombre del grupo: Casa]",
                "[new group name: Casa]"
            ),
            (#""new_chat_photo":[]"#, "[nueva foto del grupo]", "[new group photo]"),
            (#""delete_chat_photo":true"#, "[foto del grupo eliminada]", "[group photo removed]"),
            (
                #""pinned_message":{"date":9,"text":"secreto"}"#, "[mensaje fijado: la de antes]",
                "[pinned message: la de antes]"
            ),
            (
                #""message_auto_delete_timer_changed":{"message_auto_delete_time":86400}"#,
                "[los mensajes se borran después de 24 h]", "[messages are deleted after 24 h]"
            ),
            (
                #""message_auto_delete_timer_changed":{"message_auto_delete_time":0}"#,
                "[los mensajes ya no se borran solos]",
                "[messages are no longer deleted automatically]"
            ),
            (
                #""chat_owner_left":{"new_owner":\#(eva)}"#,
                "[el dueño ha dejado el grupo: Eva Gil]", "[the owner has left the group: Eva Gil]"
            ),
            (
                #""chat_owner_left":{}"#, "[el dueño ha dejado el grupo]",
                "[the owner has left the group]"
            ),
            (
                #""chat_owner_changed":{"new_owner":\#(eva)}"#, "[nuevo dueño del grupo: Eva Gil]",
                "[new owner of the group: Eva Gil]"
            ),
            (
                #""boost_added":{"boost_count":2}"#, "[impulso al grupo: 2]",
                "[group boost: 2]"
            ),
            (
                #""chat_background_set":{"type":{"type":"chat_theme","theme_name":"🌷"}}"#,
                "[nuevo fondo del chat: 🌷]", "[new chat background: 🌷]"
            ),
            (
                #""forum_topic_created":{"name":"Viajes"}"#, "[tema creado: Viajes]",
                "[topic created: Viajes]"
            ),
            (
                #""forum_topic_edited":{"name":"Rutas"}"#, "[tema cambiado: Rutas]",
                "[topic changed: Rutas]"
            ),
            (#""forum_topic_closed":{}"#, "[tema cerrado]", "[topic closed]"),
            (#""forum_topic_reopened":{}"#, "[tema reabierto]", "[topic reopened]"),
            (
                #""general_forum_topic_hidden":{}"#, "[tema General oculto]",
                "[General topic hidden]"
            ),
            (
                #""general_forum_topic_unhidden":{}"#, "[tema General visible]",
                "[General topic shown]"
            ),
            (
                #""community_chat_added":{"community":{"id":1,"name":"Barrio"}}"#,
                "[añadido a la comunidad: Barrio]", "[added to the community: Barrio]"
            ),
            (
                #""community_chat_joined":{"community":{"id":1,"name":"Barrio"}}"#,
                "[llega de la comunidad: Barrio]", "[joined from the community: Barrio]"
            ),
            (
                #""community_chat_removed":{}"#, "[quitado de la comunidad]",
                "[removed from the community]"
            ),
            (
                #""proximity_alert_triggered":{"traveler":\#(eva),"watcher":{"id":7,"first_name":"Ana"},"distance":50}"#,
                "[aviso de proximidad: Eva Gil, Ana, 50 m]", "[proximity alert: Eva Gil, Ana, 50 m]"
            ),
            (#""video_chat_started":{}"#, "[videollamada iniciada]", "[video chat started]"),
            (
                #""video_chat_ended":{"duration":75}"#, "[videollamada terminada, 1:15]",
                "[video chat ended, 1:15]"
            ),
            (
                #""video_chat_participants_invited":{"users":[\#(eva),{"id":9,"first_name":"Luz"}]}"#,
                "[invitación a la videollamada: Eva Gil, Luz]",
                "[invitation to the video chat: Eva Gil, Luz]"
            ),
        ])
        let scheduled = try json(#""video_chat_scheduled":{"start_date":1700000000}"#)
        let text = MessageWording(Phrases(.es)).text(of: scheduled)
        #expect(text?.hasPrefix("[videollamada programada: 2023-11-1") == true)
    }

    @Test func `gifts, giveaways and what is paid`() throws {
        let gift = #""gift":{"id":"1","sticker":{"emoji":"🎁"},"star_count":15}"#
        try check([
            (
                #""gift":{\#(gift),"text":"¡felicidades!"}"#,
                "[regalo: 🎁, 15 estrellas] ¡felicidades!", "[gift: 🎁, 15 stars] ¡felicidades!"
            ),
            (#""gift":{}"#, "[regalo]", "[gift]"),
            (
                #""unique_gift":{"gift":{"base_name":"Oso","number":12},"origin":"upgrade"}"#,
                "[regalo único: Oso #12]", "[unique gift: Oso #12]"
            ),
            (
                #""gift_upgrade_sent":{\#(gift),"text":"para ti"}"#,
                "[mejora de un regalo: 🎁, 15 estrellas] para ti",
                "[upgrade of a gift: 🎁, 15 stars] para ti"
            ),
            (
                #""giveaway_created":{"prize_star_count":500}"#,
                "[sorteo convocado: 500 estrellas]", "[giveaway created: 500 stars]"
            ),
            (
                #""giveaway":{"chats":[],"winner_count":3,"prize_description":"un libro","premium_subscription_month_count":6}"#,
                "[sorteo: un libro, 6 meses Telegram Premium, 3 ganadores]",
                "[giveaway: un libro, 6 months Telegram Premium, 3 winners]"
            ),
            (
                #""giveaway_winners":{"winner_count":1,"winners":[{"id":8,"first_name":"Eva"}],"prize_star_count":1}"#,
                "[ganadores del sorteo: Eva: 1 estrella]", "[winners of the giveaway: Eva: 1 star]"
            ),
            (
                #""giveaway_completed":{"winner_count":1}"#, "[sorteo terminado: 1 ganador]",
                "[giveaway ended: 1 winner]"
            ),
            (
                #""invoice":{"title":"Curso","currency":"EUR","total_amount":1250}"#,
                "[factura: Curso, 12,50 EUR]", "[invoice: Curso, 12.50 EUR]"
            ),
            (
                #""successful_payment":{"currency":"XTR","total_amount":5}"#,
                "[pago recibido: 5 estrellas]", "[payment received: 5 stars]"
            ),
            (
                #""refunded_payment":{"currency":"JPY","total_amount":500}"#,
                "[pago devuelto: 500 JPY]", "[payment refunded: 500 JPY]"
            ),
            (
                #""paid_message_price_changed":{"paid_message_star_count":5}"#,
                "[precio por mensaje: 5 estrellas]", "[price of a message: 5 stars]"
            ),
            (
                #""direct_message_price_changed":{"are_direct_messages_enabled":true}"#,
                "[precio por mensaje directo: gratis]", "[price of a direct message: free]"
            ),
            (
                #""direct_message_price_changed":{"are_direct_messages_enabled":false}"#,
                "[mensajes directos desactivados]", "[direct messages switched off]"
            ),
            (
                #""suggested_post_approved":{"send_date":1}"#,
                "[publicación sugerida aceptada: la de antes]",
                "[suggested post approved: la de antes]"
            ),
            (
                #""suggested_post_approval_failed":{"price":{"currency":"XTR","amount":5}}"#,
                "[publicación sugerida sin fondos: la de antes]",
                "[suggested post failed: no funds: la de antes]"
            ),
            (
                #""suggested_post_declined":{"comment":"no cabe"}"#,
                "[publicación sugerida rechazada: la de antes] no cabe",
                "[suggested post declined: la de antes] no cabe"
            ),
            (
                #""suggested_post_paid":{"currency":"TON","amount":1500000000}"#,
                "[publicación sugerida pagada: 1,5 TON]", "[suggested post paid: 1.5 TON]"
            ),
            (
                #""suggested_post_paid":{"currency":"XTR","star_amount":{"amount":7}}"#,
                "[publicación sugerida pagada: 7 estrellas]", "[suggested post paid: 7 stars]"
            ),
            (
                #""suggested_post_refunded":{"reason":"post_deleted"}"#,
                "[publicación sugerida reembolsada: la de antes]",
                "[suggested post refunded: la de antes]"
            ),
            (
                #""game":{"title":"Ajedrez","text":"juega"}"#, "[juego: Ajedrez] juega",
                "[game: Ajedrez] juega"
            ),
        ])
    }

    @Test func `what concerns bots`() throws {
        try check([
            (
                #""users_shared":{"users":[{"user_id":1,"first_name":"Eva"},{"user_id":2}]}"#,
                "[contactos compartidos: Eva, sin nombre]",
                "[contacts shared: Eva, no name]"
            ),
            (
                #""chat_shared":{"chat_id":1,"title":"Casa"}"#, "[chat compartido: Casa]",
                "[chat shared: Casa]"
            ),
            (#""connected_website":"a.es""#, "[sesión iniciada en: a.es]", "[logged in to: a.es]"),
            (
                #""write_access_allowed":{"web_app_name":"app"}"#, "[el bot puede escribir: app]",
                "[the bot may write: app]"
            ),
            (
                #""passport_data":{"data":[]}"#, "[datos de Telegram Passport]",
                "[Telegram Passport data]"
            ),
            (
                #""managed_bot_created":{"bot":{"id":3,"first_name":"Eco"}}"#, "[bot creado: Eco]",
                "[bot created: Eco]"
            ),
            (
                #""web_app_data":{"data":"42","button_text":"Enviar"}"#,
                "[datos de una aplicación: Enviar: 42]", "[data of an app: Enviar: 42]"
            ),
        ])
    }

    @Test func `a kind without a word keeps its name and its text`() throws {
        try check([
            (
                #""hologram":{"x":1}"#, "[mensaje no compatible: hologram]",
                "[unsupported message: hologram]"
            ),
            (
                #""hologram":{"title":"uno","parts":[{"text":"dos"},{"file_id":"x"}]}"#,
                "[mensaje no compatible: hologram] dos uno",
                "[unsupported message: hologram] dos uno"
            ),
            (
                #""hologram":"hola""#, "[mensaje no compatible: hologram] hola",
                "[unsupported message: hologram] hola"
            ),
            (
                #""hologram":{},"caption":"pie""#, "[mensaje no compatible: hologram] pie",
                "[unsupported message: hologram] pie"
            ),
            (#""caption":"pie""#, "pie", "pie"),
            ("", "[mensaje no compatible]", "[unsupported message]"),
            (#""text":12"#, "[mensaje no compatible]", "[unsupported message]"),
        ])
    }

    @Test(arguments: [
        #""migrate_to_chat_id":-5"#, #""migrate_from_chat_id":-5"#,
        #""new_chat_members":[{"id":1}]"#, #""left_chat_member":{"id":1}"#,
        #""group_chat_created":true"#,
    ])
    func `what nobody said has none`(kind: String) throws {
        #expect(try MessageWording(Phrases(.es)).text(of: json(kind)) == nil)
    }
}
