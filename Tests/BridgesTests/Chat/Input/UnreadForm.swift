import MessageBus

@testable import Chat
@testable import Sockets

/// A form that nobody reads.
///
/// Never made.
final class UnreadForm: RoomForm, @unchecked Sendable {
    let feed: RoomFeed
    let encoder = UnreadEncoder()
    var isStored: Bool { false }
    var readers: [RoomStream<UnreadForm>] = []

    private init(_ feed: RoomFeed) { self.feed = feed }

    func skipNotice(_ count: Int) -> [UInt8] { [] }
}
