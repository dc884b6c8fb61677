import JSON
import Locking
import Sockets

/// The channel for messages about the present moment between instances: they arrive at most once,
/// and are never in the stream.
///
/// Safe from any thread. Its threads last as long as a connection.
final class LiveChannel: Sendable {
    /// A message that was received.
    struct Incoming: Sendable {
        /// The store of the sender; only that part of the subject is trusted.
        let store: String
        let message: LiveMessage
    }

    private struct Outgoing {
        let subject: String
        let content: [UInt8]
    }

    private let store: String
    private let outgoing = Locked<[Outgoing]>([])
    /// Messages that were received and wait to be looked at.
    let incoming: BoundedQueue<Incoming>

    /// The most messages that wait, either way; further ones are lost.
    private static let bound = 4_096
    /// The longest time for which a message may wait to go out.
    private static let nap: Duration = .milliseconds(40)
    /// The largest content that is read.
    private static let maxBytes = 1 << 20

    /// Makes a channel of the instance with a store.
    init(store: String) {
        self.store = store
        incoming = BoundedQueue(bound: Self.bound) {}
    }

    /// Sends a message to all others, or to one; without a connection it is lost.
    func send(_ message: LiveMessage, to other: String = "all") {
        let subject = FleetSubject.live(from: store, to: other)
        let content = message.json.encoded
        outgoing.withLock { outgoing in
            if outgoing.count >= Self.bound { outgoing.removeFirst() }
            outgoing.append(Outgoing(subject: subject, content: content))
        }
    }

    /// Sends and receives the messages for all until the session is over.
    func serveAll(_ session: BrokerSession) {
        // Messages that waited without a connection are no longer true.
        outgoing.withLock { $0 = [] }
        listen(to: FleetSubject.live(from: "*"), session) {
            let waiting = outgoing.withLock { outgoing in
                defer { outgoing = [] }
                return outgoing
            }
            for message in waiting {
                try? session.connection.publish(message.content, to: message.subject)
            }
        }
    }

    /// Receives the messages for this instance alone until the session is over.
    func serveOwn(_ session: BrokerSession) {
        listen(to: FleetSubject.live(from: "*", to: store), session) {}
    }

    private func listen(to subject: String, _ session: BrokerSession, _ meanwhile: () -> Void) {
        guard let subscription = try? session.connection.subscribe(to: subject) else { return }
        while !session.isOver {
            meanwhile()
            do throws(BrokerError) {
                while let message = try subscription.next(within: Self.nap) {
                    unsafe receive(message.subject, message.content)
                    if session.isOver { break }
                }
            } catch {
                // An empty message with such a status is not a message of an instance.
                guard error.code == BrokerError.noResponders else { return }
            }
        }
        meanwhile()
    }

    @safe private func receive(_ subject: String, _ content: UnsafeRawBufferPointer) {
        let parts = subject.split(separator: ".")
        guard parts.count == 3, parts[1] != store || parts[2] == "all",
            content.count <= Self.maxBytes, incoming.hasCapacity,
            let message = unsafe JSONReader.read(Array(content)).flatMap({ LiveMessage($0) })
        else { return }
        incoming.append(Incoming(store: String(parts[1]), message: message), weight: 1)
    }
}
