import Chat
import MessageBus
import Sockets

/// A room as the web bridge serves it: its events as WebSocket frames and as server-sent events, each
/// encoded once, and the connections that read them.
///
/// Confined to the bus's loop.
final class WebRoom: @unchecked Sendable {  // touched on the loop only
    /// One form of the room, and who reads it.
    final class Form {
        let feed: RoomFeed
        let encoder: WebEventEncoder
        fileprivate var readers: [RoomStream] = []

        fileprivate init(_ feed: RoomFeed, _ encoder: WebEventEncoder) {
            self.feed = feed
            self.encoder = encoder
        }
    }

    let room: Room
    private let forms: [WebEventEncoder.Form: Form]
    /// True if readers that fall behind go on from the store.
    private let isStored: Bool

    /// Opens a room for readers.
    ///
    /// - Parameter makeFeed: makes the feed of an encoder; `nil` if the bridge takes nothing out.
    init(
        _ room: Room, isStored: Bool, makeFeed: ((Room, WebEventEncoder) -> RoomFeed)?
    ) {
        self.room = room
        self.isStored = isStored
        guard let makeFeed else {
            forms = [:]
            return
        }
        var forms: [WebEventEncoder.Form: Form] = [:]
        for form in [WebEventEncoder.Form.webSocketFrame, .serverSentEvent] {
            let encoder = WebEventEncoder(form)
            forms[form] = Form(makeFeed(room, encoder), encoder)
        }
        self.forms = forms
    }

    /// The feeds of all forms.
    var feeds: [RoomFeed] { forms.values.map(\.feed) }

    /// Returns a form of the room; `nil` if the bridge takes nothing out.
    func form(_ form: WebEventEncoder.Form) -> Form? { forms[form] }

    /// Returns the form that has a feed.
    func form(of feed: RoomFeed) -> Form? { forms.values.first { $0.feed === feed } }

    /// Returns what waits for the readers of each form.
    ///
    /// - Parameter now: milliseconds since 1970.
    func waiting(at now: Int64) -> [WaitingMessages] {
        forms.values.map { form in
            form.feed.waiting(
                for: form.readers.lazy.compactMap { $0.cursor(in: form.feed.transcript) }, at: now)
        }
    }

    /// Returns earlier messages as this bridge's clients are shown them.
    func shown(_ messages: [Message]) -> [Message] {
        forms[.webSocketFrame]?.feed.shown(messages) ?? []
    }

    /// Adds a reader of a form, and returns its cursor and its place among the readers.
    ///
    /// - Parameter number: the last event that the reader has; `nil`: it wants only what is new.
    func attach(
        _ stream: RoomStream, to form: Form, after number: MessageNumber?
    ) -> (cursor: TranscriptCursor, slot: Int) {
        form.readers.append(stream)
        return (form.feed.attachReader(after: number, isStored: isStored), form.readers.count - 1)
    }

    /// Removes a reader of a form.
    func detach(from form: Form, slot: Int) {
        form.feed.detachReader()
        // The last reader moves into the free slot.
        form.readers.swapAt(slot, form.readers.count - 1)
        if slot < form.readers.count - 1 { form.readers[slot].setSlot(slot, in: self) }
        form.readers.removeLast()
    }
}

extension WebRoom.Form {
    /// Sends the new events to every reader that keeps up.
    func sendPending() {
        for reader in readers where !reader.isBlocked { reader.sendPending() }
    }
}
