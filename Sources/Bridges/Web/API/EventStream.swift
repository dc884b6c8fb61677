import Chat
import JSON
import MessageBus
import Sockets

/// A stream of server-sent events of one room.
///
/// Kept by its `WebServer` until it is closed. Confined to the bus's loop.
final class EventStream: EventHandler, @unchecked Sendable {  // touched on the loop only
    let connectionID: UInt32
    private unowned let server: WebServer
    private let takenConnection: TakenOverConnection
    private(set) lazy var stream = WebStream(
        takenConnection, connectionID: connectionID, of: server.streams
    ) { [unowned self] _ in self.server.remove(self) }
    /// The program that reads; `nil` for somebody without a token.
    let client: APIClient?
    /// The address by which bans are looked up.
    let address: ClientAddress
    private var lastComment: MonotonicTime

    /// The time between two comments, which show proxies and clients that the stream is alive.
    private static let commentInterval: Duration = .seconds(15)
    /// Bytes of input that are discarded at once.
    private static let readSize = 4 << 10

    init(
        _ taken: TakenOverConnection, of client: APIClient?, connectionID: UInt32, server: WebServer
    ) {
        self.client = client
        address = taken.peer.host.map { ClientAddress($0) } ?? .local
        takenConnection = taken
        self.connectionID = connectionID
        self.server = server
        lastComment = server.loop.now
    }

    /// Sends the first comment and begins to read the room; called once.
    ///
    /// - Parameters:
    ///   - number: the last event that the client has; `nil`: it wants only what is new.
    ///   - missed: the number of events after it that are no longer kept.
    func begin(in room: WebRoom, after number: MessageNumber?, missed: Int) {
        // A comment first, so that the client knows at once that the stream is open.
        stream.send(Array(":\n\n".utf8))
        if missed > 0 { stream.send(Self.skippedEvent(missed, in: room.room.name)) }
        if let form = room.form(.serverSentEvent) { stream.read(form, after: number) }
    }

    /// Returns the event that tells how many events were left out.
    static func skippedEvent(_ count: Int, in room: String) -> [UInt8] {
        let json = JSON.object([
            "type": .text("skipped"), "room": .text(room), "count": .integer(Int64(count)),
        ])
        return Array("event: skipped\ndata: ".utf8) + json.encoded + Array("\n\n".utf8)
    }

    /// Sends a comment if one is due, so that the connection does not look dead.
    func sendDueComment(at now: MonotonicTime) {
        guard now - lastComment >= Self.commentInterval else { return }
        lastComment = now
        stream.send(Array(":\n\n".utf8))
    }

    /// Closes once everything that is queued is sent.
    func end() { stream.closeWhenSent([]) }

    func handle(_ ready: Readiness) {
        server.loop.assertOwned()
        if ready.contains(.writable) { stream.sendPending() }
        server.port.bus.assumeIsolated { bus in
            if ready.contains(.readable), stream.isOpen { discard(bus) }
            if stream.isOpen, ready.contains(.failed) || ready.contains(.hungUp) {
                stream.close(bus)
            }
        }
    }

    private func discard(_ bus: isolated Bus) {
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 16) { buffer in
            switch stream.connection.receive(into: buffer) {
            case .bytes, .wouldBlock: break
            // As far as HTTP knows, a client that has ended its sending side no longer reads
            // either.
            case .end, .failed: stream.close(bus)
            }
        }
    }
}
