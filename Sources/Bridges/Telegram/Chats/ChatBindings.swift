import Chat
import MessageBus
import Locking

/// The chats and topics with their rooms, which are kept even when a group becomes a supergroup.
///
/// Owned by the relay; safe from any thread. The new id of a group is kept in the store; waiting
/// messages and the reader's place are kept under its first name, so that a move loses nothing.
final class ChatBindings: Sendable {
    /// A chat or topic and its room.
    struct Binding: Sendable, Hashable {
        /// The chat's id before it ever moved.
        let firstChat: Int64
        let topic: Int64?
        let room: String

        /// The bus's name for it.
        var channel: String { ChatLocation(chat: firstChat, topic: topic).description }
    }

    /// The bindings, in a fixed order.
    let bindings: [Binding]
    /// Entries of the configuration for a chat that has another entry too.
    let superfluous: [ChatLocation]
    /// The present ids of chats that had another one first.
    private let moves: Locked<[Int64: Int64]>

    /// The beginning of the checkpoints' keys; the chat's first id follows.
    private static let keyPrefix = "chat "

    /// Makes bindings of the configuration's chats and the moves that the store has kept.
    init(_ rooms: [ChatLocation: String], checkpoints: [String: [UInt8]]) {
        var moves: [Int64: Int64] = [:]
        for (key, state) in checkpoints where key.hasPrefix(Self.keyPrefix) {
            guard let from = Int64(key.dropFirst(Self.keyPrefix.count)),
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
            // The configuration has the new id by now: waiting messages are kept under the old one.
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

    /// Returns the binding of a chat or topic; nil if it is not configured.
    func binding(at location: ChatLocation) -> Binding? {
        let candidates = bindings.filter { $0.topic == location.topic }
        return moves.withLock { moves in
            candidates.first { $0.firstChat == location.chat && moves[$0.firstChat] == nil }
                ?? candidates.first { Self.chat($0, moves) == location.chat }
                // A message from before the move may come afterwards.
                ?? candidates.first { $0.firstChat == location.chat }
        }
    }

    /// Returns true if a chat is configured, with whatever topic.
    func knows(chat: Int64) -> Bool {
        moves.withLock { moves in
            bindings.contains { $0.firstChat == chat || Self.chat($0, moves) == chat }
        }
    }

    /// Returns the bus's names for a chat and its topics, whatever rooms they belong to.
    func channels(of chat: Int64) -> [String] {
        moves.withLock { moves in
            bindings.filter { $0.firstChat == chat || Self.chat($0, moves) == chat }.map(\.channel)
        }
    }

    /// Returns the present chat and topic of a binding.
    func location(of binding: Binding) -> ChatLocation {
        ChatLocation(chat: moves.withLock { Self.chat(binding, $0) }, topic: binding.topic)
    }

    /// Returns true if the chat that a binding has moved to has another entry.
    func isSuperfluous(_ binding: Binding) -> Bool {
        self.binding(at: location(of: binding)) != binding
    }

    /// Records that a chat has become another one.
    ///
    /// - Returns: the checkpoint for the store; nil if the move is known, or does not matter.
    func move(from: Int64, to: Int64) -> Checkpoint? {
        moves.withLock { moves in
            guard from != to,
                let binding = bindings.first(where: { Self.chat($0, moves) == from })
            else { return nil }
            moves[binding.firstChat] = to
            return Checkpoint(
                key: "\(Self.keyPrefix)\(binding.firstChat)", state: Array("\(to)".utf8))
        }
    }

    private static func chat(_ binding: Binding, _ moves: [Int64: Int64]) -> Int64 {
        moves[binding.firstChat] ?? binding.firstChat
    }
}
