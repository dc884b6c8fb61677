/// A bridge's place on the bus.
///
/// Safe from any thread.
public struct Port: Sendable {
    /// The bus itself, for bridges that live on its loop.
    package let bus: Bus
    package let attachment: BridgeAttachment
    private let requestShutdown: @Sendable () -> Void

    /// Makes a port.
    package init(
        bus: Bus, attachment: BridgeAttachment, requestShutdown: @escaping @Sendable () -> Void = {}
    ) {
        self.bus = bus
        self.attachment = attachment
        self.requestShutdown = requestShutdown
    }

    /// What bridge.json calls the bridge.
    public var name: String { attachment.name }
    /// The room the bridge is in.
    public var room: String { attachment.room }
    /// Which way it carries.
    public var direction: Direction { attachment.direction }
    /// The daemon's log, with the bridge's name.
    public var log: Log { bus.settings.log.named(attachment.name) }
    /// The language of what people read.
    public var language: Language { bus.settings.language }

    /// Says that the bridge works: from now on a failure is retried and stops nothing.
    public func ready() async { await bus.ready(attachment) }

    /// Says something in the bridge's room.
    ///
    /// - Returns: the number it got and whether it passed.
    /// - Throws: `PortError` if the bus has stopped or the room does not exist.
    @discardableResult
    public func publish(_ text: String, from name: String) async throws -> Receipt {
        try await publish(Draft(text, from: name))
    }

    /// Says something.
    ///
    /// - Returns: the number it got and whether it passed.
    /// - Throws: `PortError` if the bus has stopped or the room does not exist.
    @discardableResult
    public func publish(_ draft: Draft) async throws -> Receipt {
        try await publish([draft])[0]
    }

    /// Says several things in a row, in order.
    ///
    /// One hop to the bus for all of them.
    ///
    /// - Parameters:
    ///   - drafts: the messages.
    ///   - checkpoint: what the source has reached with them, kept in the same transaction.
    /// - Returns: one receipt for each draft, when all is kept.
    /// - Throws: `PortError` if the bus has stopped or a room does not exist; `CancellationError`.
    @discardableResult
    public func publish(_ drafts: [Draft], checkpoint: Checkpoint? = nil) async throws -> [Receipt]
    {
        try await bus.publish(drafts, checkpoints: checkpoint.map { [$0] }, by: attachment)
    }

    /// Says several things in a row, in order, and keeps what several sources have reached with
    /// them: all of it or nothing.
    ///
    /// Waits as long as the store can't take it: that is how a source is slowed down.
    ///
    /// - Returns: one receipt for each draft, when all is kept.
    /// - Throws: `PortError` if the bus has stopped or a room does not exist; `CancellationError`.
    @discardableResult
    public func publish(
        _ drafts: [Draft], checkpoints: [Checkpoint]
    ) async throws -> [Receipt] {
        try await bus.publish(drafts, checkpoints: checkpoints, by: attachment)
    }

    /// Keeps what is no matter of messages that come in: also while the bus is ending and takes no
    /// more of those, so that a bridge which delivers can say to the end how far it is.
    ///
    /// Returns when it is kept.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    public func keep(_ checkpoints: [Checkpoint]) async throws {
        try await bus.keep(checkpoints, by: attachment)
    }

    /// Forgets what sources had reached.
    ///
    /// Returns when it is forgotten.
    ///
    /// - Parameter isErasing: true if it holds something that was deleted, so that its traces have
    ///   to go from the store's files as well.
    package func forget(_ sources: [String], isErasing: Bool = false) async throws {
        try await bus.forget(sources, isErasing: isErasing, by: attachment)
    }

    /// What a source of this bridge had reached when it was last kept.
    ///
    /// Everything published before is kept by then.
    public func checkpoint(of source: String) async throws -> [UInt8]? {
        try await checkpoints()[source]
    }

    /// What the sources of this bridge had reached when that was last kept, by source.
    ///
    /// Everything published before is kept by then.
    public func checkpoints() async throws -> [String: [UInt8]] {
        try await bus.store.checkpoints(of: name)
    }

    /// Whether checkpoints and cursors outlive the process.
    public var keepsCheckpoints: Bool { bus.keepsMessages }

    /// Our messages that are called so in a remote chat, the oldest first.
    public func numbers(of remoteID: String, in channel: String? = nil) async throws -> [UInt64] {
        try await bus.store.numbers(of: remoteID, in: .init(bridge: name, name: channel))
    }

    /// What a message of ours is called in a remote chat; the first name, if it took several there.
    public func remoteID(of number: UInt64, in channel: String? = nil) async throws -> String? {
        try await bus.store.remoteID(of: number, in: .init(bridge: name, name: channel))
    }

    /// A message by its number, if it is still kept and is no private one.
    public func message(numbered number: UInt64) async throws -> Message? {
        try await bus.message(numbered: number)
    }

    /// How somebody who speaks by this bridge is shown: cleaned, as its `senderFormat` says.
    public func shownName(_ name: String) -> String {
        Sender.shownName(name, attachment: attachment, namePolicy: bus.settings.namePolicy)
    }

    /// What is said in the bridge's room from the bridge's start on, but for what it brought
    /// itself.
    ///
    /// Ends, drained, when the bus stops.
    public var messages: Messages { Messages(port: self, room: room, channel: nil) }

    /// What is said in a room, but for what came from a channel of this bridge.
    public func messages(in room: String, for channel: String? = nil) -> Messages {
        Messages(port: self, room: room, channel: channel)
    }

    /// What is said in a room from the stored cursor on.
    ///
    /// Each has to be acknowledged.
    public func deliveries(in room: String, for channel: String? = nil) -> Deliveries {
        Deliveries(port: self, room: room, channel: channel)
    }

    /// Puts somebody on the list of those who are here, without telling anybody.
    ///
    /// Private messages to them come with `messages`. Ends with the run of the bridge.
    ///
    /// - Returns: false, and nothing is done, if somebody else goes by that name.
    @discardableResult
    public func present(as name: String) async -> Bool { await bus.present(name, by: attachment) }

    /// What the time is, by the wall clock of the bus.
    public var now: Timestamp { get async { await bus.now } }

    /// Returns when the bus begins to stop: no more should be brought in.
    public func stopping() async { await bus.waitForStop() }

    /// Whether the bus has begun to stop.
    public var isStopping: Bool { get async { await bus.isStopping } }

    /// Announces a source: at shutdown the bus waits until it is closed before it ends `messages`.
    public func openSource() async { await bus.openSource(attachment) }

    /// Says that nothing more comes from a source.
    public func closeSource() async { await bus.closeSource(attachment) }

    /// Stops the daemon as SIGTERM does.
    public func stopDaemon() { requestShutdown() }
}
