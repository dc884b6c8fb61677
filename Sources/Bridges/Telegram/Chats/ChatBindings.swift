import Chat
import MessageBus
import Locking

/// Which chats belong to which rooms, also after a group has become a supergroup.
///
/// Safe from any thread. Where a group has moved is kept in the store; what is waiting for it and
/// where its reader stands is kept by the name it had first, so that moving loses nothing.
final class ChatBindings: Sendable {
    /// A chat or topic and its room.
    struct Binding: Sendable, Hashable {
        /// The chat's id before it ever moved.
        let firstChat: Int64
        let topic: Int64?
        let room: String

        /// What the bus calls it.
        var channel: String { ChatLocation(chat: firstChat, topic: topic).description }
    }

    /// The chats there are, in a fixed order.
    let bindings: [Binding]
    /// Entries of the configuration that stand for a chat which another one stands for too.
    let superfluous: [ChatLocation]
    /// Where chats are now that were somewhere else first.
    private let moves: Locked<[Int64: Int64]>

    /// In front of a chat's id, what the store knows its move by.
    private static let source = "chat "

    /// Takes the chats of the configuration and what the store says of their moves.
    init(_ rooms: [ChatLocation: String], checkpoints: [String: [UInt8]]) {
        var moves: [Int64: Int64] = [:]
        for (source, state) in checkpoints where source.hasPrefix(Self.source) {
            guard let from = Int64(source.dropFirst(Self.source.count)),
                let to = Int64(String(decoding: state, as: UTF8.self))
            else { continue }
            moves[from] = to
        }
        let places = rooms.keys.sorted { ($0.chat, $0.topic ?? 0) < ($1.chat, $1.topic ?? 0) }
        let chats = Set(places.map(\.chat))
        var bindings: [Binding] = []
        var superfluous: [ChatLocation] = []
        for location in places {
            if let now = moves[location.chat], chats.contains(now) {
                superfluous.append(location)
                continue
            }
            // The new id stands in the configuration by now: what waits goes by the old one.
            let former = moves.first { $0.value == location.chat && !chats.contains($0.key) }?.key
            bindings.append(
                Binding(
                    firstChat: former ?? location.chat, topic: location.topic,
                    room: rooms[location] ?? ""))
        }
        self.bindings = bindings
        self.superfluous = superfluous
        self.moves = Locked(moves)
    }

    /// The binding of a place, `nil` if that is not configured.
    func binding(at location: ChatLocation) -> Binding? {
        let candidates = bindings.filter { $0.topic == location.topic }
        return moves.withLock { moves in
            candidates.first { $0.firstChat == location.chat && moves[$0.firstChat] == nil }
                ?? candidates.first { Self.chat($0, moves) == location.chat }
                // What was said before it moved may come afterwards.
                ?? candidates.first { $0.firstChat == location.chat }
        }
    }

    /// Whether a chat is configured, with whatever topic.
    func knows(chat: Int64) -> Bool {
        moves.withLock { moves in
            bindings.contains { $0.firstChat == chat || Self.chat($0, moves) == chat }
        }
    }

    /// What the bus calls a chat and its topics, whatever rooms they belong to.
    func channels(of chat: Int64) -> [String] {
        moves.withLock { moves in
            bindings.filter { $0.firstChat == chat || Self.chat($0, moves) == chat }.map(\.channel)
        }
    }

    /// Where a binding is now.
    func location(of binding: Binding) -> ChatLocation {
        ChatLocation(chat: moves.withLock { Self.chat(binding, $0) }, topic: binding.topic)
    }

    /// Whether another entry stands for the place that a binding has moved to.
    func isSuperfluous(_ binding: Binding) -> Bool {
        self.binding(at: location(of: binding)) != binding
    }

    /// Notes that a chat has become another one; nil if that is known, or of no concern.
    ///
    /// - Returns: what the store is to keep.
    func move(from: Int64, to: Int64) -> Checkpoint? {
        moves.withLock { moves in
            guard from != to,
                let binding = bindings.first(where: { Self.chat($0, moves) == from })
            else { return nil }
            moves[binding.firstChat] = to
            return Checkpoint(
                source: "\(Self.source)\(binding.firstChat)", state: Array("\(to)".utf8))
        }
    }

    private static func chat(_ binding: Binding, _ moves: [Int64: Int64]) -> Int64 {
        moves[binding.firstChat] ?? binding.firstChat
    }
}
