import Chat
import MessageBus
import Sockets

/// The outgoing half of a WebSocket or of a stream of server-sent events.
typealias WebStream = RoomStream<WebRoom.Form>

/// A room as the web bridge serves it: its events as WebSocket frames and as server-sent events,
/// each encoded once, and the connections that read them.
///
/// Confined to the bus's loop.
final class WebRoom: @unchecked Sendable {  // touched on the loop only
    /// One form of the room, with its readers.
    ///
    /// Owned by `WebRoom`, which checks it; confined to the bus's loop.
    final class Form: RoomForm, @unchecked Sendable {  // touched on the loop only
        let feed: RoomFeed
        let encoder: WebEventEncoder
        let isStored: Bool
        var readers: [WebStream] = []

        fileprivate init(_ feed: RoomFeed, _ encoder: WebEventEncoder, isStored: Bool) {
            self.feed = feed
            self.encoder = encoder
            self.isStored = isStored
        }

        /// Sends the new events to every reader that keeps up.
        func sendPending() {
            for reader in readers where !reader.isBlocked { reader.sendPending() }
        }

        /// Returns the bytes that tell a reader how many of the room's events were left out.
        func skipNotice(_ count: Int) -> [UInt8] {
            if count == 0 { return [] }
            return switch encoder.form {
            case .webSocketFrame: ServerMessage.skipped(count, in: feed.room.name)
            case .serverSentEvent: EventStream.skippedEvent(count, in: feed.room.name)
            }
        }
    }

    let room: Room
    private let loop: EventLoop
    private let forms: [WebEventEncoder.Form: Form]

    /// Opens a room for readers.
    ///
    /// - Parameters:
    ///   - isStored: whether readers that fall behind go on from the store.
    ///   - makeFeed: makes the feed of an encoder; `nil` if the bridge takes nothing out.
    init(
        _ room: Room, on loop: EventLoop, isStored: Bool,
        makeFeed: ((Room, WebEventEncoder) -> RoomFeed)?
    ) {
        self.room = room
        self.loop = loop
        guard let makeFeed else {
            forms = [:]
            return
        }
        var forms: [WebEventEncoder.Form: Form] = [:]
        for form in [WebEventEncoder.Form.webSocketFrame, .serverSentEvent] {
            let encoder = WebEventEncoder(form)
            forms[form] = Form(makeFeed(room, encoder), encoder, isStored: isStored)
        }
        self.forms = forms
    }

    /// All its forms.
    var allForms: [Form] {
        loop.assertOwned()
        return Array(forms.values)
    }

    /// Returns a form of the room; `nil` if the bridge takes nothing out.
    func form(_ form: WebEventEncoder.Form) -> Form? {
        loop.assertOwned()
        return forms[form]
    }

    /// Returns the form that has a feed.
    func form(of feed: RoomFeed) -> Form? { forms.values.first { $0.feed === feed } }

    /// Returns earlier messages as this bridge's clients are shown them.
    func shown(_ messages: [Message]) -> [Message] {
        loop.assertOwned()
        return forms[.webSocketFrame]?.feed.shown(messages) ?? []
    }

    /// Detaches the forms from the room, which no longer calls them.
    func close() {
        loop.assertOwned()
        for form in forms.values { room.remove(form.feed) }
    }
}
