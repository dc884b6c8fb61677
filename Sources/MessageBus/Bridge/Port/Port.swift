/// A bridge's place on the bus.
///
/// Safe from any thread.
public struct Port: Sendable {
    /// The bus itself, for bridges that live on its loop.
    package let bus: Bus
    package let attachment: BridgeAttachment
    private let requestShutdown: @Sendable () -> Void
    private let reportFailure: @Sendable () -> Void

    /// Makes a port.
    ///
    /// - Parameters:
    ///   - requestShutdown: stops the daemon.
    ///   - reportFailure: makes the daemon end with a status that means failure.
    package init(
        bus: Bus, attachment: BridgeAttachment,
        reportFailure: @escaping @Sendable () -> Void = {},
        requestShutdown: @escaping @Sendable () -> Void = {}
    ) {
        self.bus = bus
        self.attachment = attachment
        self.reportFailure = reportFailure
        self.requestShutdown = requestShutdown
    }

    /// The counters of the bridge.
    package var statistics: BridgeStatistics { attachment.statistics }

    /// The bridge's name in bridge.json.
    public var name: String { attachment.name }
    /// The room the bridge is in.
    public var room: String { attachment.room }
    /// The direction in which the bridge carries messages.
    public var direction: Direction { attachment.direction }
    /// The daemon's log, with the bridge's name.
    public var log: Log { bus.settings.log.named(attachment.name) }
    /// The language that people are addressed in.
    public var language: Language { bus.settings.language }

    /// Declares that the bridge works: from now on a failure restarts the bridge and does not stop
    /// the daemon.
    public func ready() async { await bus.ready(attachment) }

    /// Publishes a message in the bridge's room.
    ///
    /// - Parameters:
    ///   - text: the text; may have several lines.
    ///   - name: the author's name, as the bridge knows it.
    ///   - isAutomatic: true if a program says it, not a person: programs that answer automatically
    ///     ignore it.
    /// - Returns: its number, and the verdict of the chains.
    /// - Throws: `PortError` if the bus has stopped or the room does not exist.
    @discardableResult
    public func publish(
        _ text: String, from name: String, isAutomatic: Bool = false
    ) async throws -> Receipt {
        var draft = Draft(text, from: name)
        draft.isAutomatic = isAutomatic
        return try await publish(draft)
    }

    /// Publishes a message.
    ///
    /// - Returns: its number, and the verdict of the chains.
    /// - Throws: `PortError` if the bus has stopped or the room does not exist; `CancellationError`.
    @discardableResult
    public func publish(_ draft: Draft) async throws -> Receipt {
        try await publish([draft])[0]
    }

    /// Publishes several messages in a row, in order.
    ///
    /// One hop to the bus for all of them.
    ///
    /// - Parameters:
    ///   - drafts: the messages.
    ///   - checkpoint: the state that the source has reached with them, kept in the same
    ///     transaction.
    /// - Returns: one receipt for each draft, once everything is kept.
    /// - Throws: `PortError` if the bus has stopped or a room does not exist; `CancellationError`.
    @discardableResult
    public func publish(_ drafts: [Draft], checkpoint: Checkpoint? = nil) async throws -> [Receipt]
    {
        try await bus.publish(drafts, checkpoints: checkpoint.map { [$0] }, by: attachment)
    }

    /// Publishes several messages in a row, in order, and keeps several checkpoints with them: all
    /// or nothing.
    ///
    /// Waits as long as the store can't take more, which slows the sources down.
    ///
    /// - Returns: one receipt for each draft, once everything is kept.
    /// - Throws: `PortError` if the bus has stopped or a room does not exist; `CancellationError`.
    @discardableResult
    public func publish(
        _ drafts: [Draft], checkpoints: [Checkpoint]
    ) async throws -> [Receipt] {
        try await bus.publish(drafts, checkpoints: checkpoints, by: attachment)
    }

    /// Saves checkpoints without messages, even while the bus is ending and accepts no more
    /// messages, so that a bridge can record to the end how far it has delivered.
    ///
    /// Returns when they are stored.
    ///
    /// - Throws: errors of the store; `CancellationError`.
    public func saveCheckpoints(_ checkpoints: [Checkpoint]) async throws {
        try await bus.saveCheckpoints(checkpoints, by: attachment)
    }

    /// Removes checkpoints.
    ///
    /// Returns when they are removed.
    ///
    /// - Parameters:
    ///   - keys: the keys of the checkpoints.
    ///   - isErasing: true if a checkpoint holds something that was deleted, so that its traces
    ///     have to go from the store's files as well.
    /// - Throws: errors of the store; `CancellationError`.
    public func removeCheckpoints(_ keys: [String], isErasing: Bool = false) async throws {
        try await bus.removeCheckpoints(keys, isErasing: isErasing, by: attachment)
    }

    /// Returns the state that was last stored for this bridge's checkpoint with a key.
    ///
    /// The checkpoints of everything published before are included.
    public func checkpoint(_ key: String) async throws -> [UInt8]? {
        try await checkpoints()[key]
    }

    /// Returns the states that were last stored for this bridge's checkpoints, by key.
    ///
    /// The checkpoints of everything published before are included.
    public func checkpoints() async throws -> [String: [UInt8]] {
        try await bus.store.checkpoints(of: name)
    }

    /// True if checkpoints and cursors outlive the process.
    public var keepsCheckpoints: Bool { bus.keepsMessages }

    /// Returns the numbers of our messages that have a given id in a remote chat, the oldest first.
    public func numbers(of remoteID: String, in channel: String? = nil) async throws
        -> [MessageNumber]
    {
        try await bus.store.numbers(of: remoteID, in: .init(bridge: name, name: channel))
    }

    /// Returns the id of our message in a remote chat; the first one, if it has several there.
    public func remoteID(of number: MessageNumber, in channel: String? = nil) async throws
        -> String?
    {
        try await bus.store.remoteID(of: number, in: .init(bridge: name, name: channel))
    }

    /// Returns a message by its number, if it is still kept and is not private.
    public func message(numbered number: MessageNumber) async throws -> Message? {
        try await bus.message(numbered: number)
    }

    /// Returns a name as readers see it on this bridge: cleaned, and in the form of `senderFormat`.
    public func shownName(_ name: String) -> String {
        Sender.shownName(name, attachment: attachment, namePolicy: bus.settings.namePolicy)
    }

    /// The messages in the bridge's room from the bridge's start on, except those that it brought
    /// in.
    ///
    /// The sequence ends, drained, when the bus stops.
    public var messages: Messages { Messages(port: self, room: room, channel: nil) }

    /// Returns the messages of a room, except those that came from a channel of this bridge.
    public func messages(in room: String, for channel: String? = nil) -> Messages {
        Messages(port: self, room: room, channel: channel)
    }

    /// Returns the messages of a room from the stored cursor on.
    ///
    /// Each has to be acknowledged.
    public func deliveries(in room: String, for channel: String? = nil) -> Deliveries {
        Deliveries(port: self, room: room, channel: channel)
    }

    /// Stores where a new reader of deliveries begins, unless it has a place already.
    ///
    /// To be called before connecting to the other side: what is said meanwhile waits for it, even
    /// if the process is killed before the first delivery is asked for.
    ///
    /// - Throws: an error of the store; `PortError.noRoom` if there is no such room.
    public func beginDeliveries(in room: String, for channel: String? = nil) async throws {
        let reader = DurableReader(.init(bridge: name, name: channel), room: room)
        try await bus.storeBeginning(of: reader, for: attachment)
    }

    /// The name of this instance in `Origin.passed`: small letters and digits, drawn at each start.
    ///
    /// A bridge that sends this name along with those that a message has passed keeps messages from
    /// circling in a ring of instances.
    public var instanceID: String { bus.instanceID }

    /// The present time, by the wall clock of the bus.
    public var now: Timestamp { get async { await bus.now } }

    /// Returns when the bridge is to end, either with the bus or alone because the configuration
    /// has changed: it should bring in no more from then on.
    public func stopping() async { await attachment.waitUntilToEnd() }

    /// Returns when the readers of `messages` that this bridge has opened have handed out all
    /// messages that there are and are asked for more, when the bridge is to finish, or when the
    /// task is cancelled.
    ///
    /// For bridges that announce the end to the other side once it has everything.
    public func caughtUp() async { await bus.waitUntilIdle(attachment) }

    /// True once the bridge is to end.
    public var isStopping: Bool { get async { attachment.isToEnd } }

    /// True if the bridge is to end because another takes its place: input that it has read only in
    /// part should be left to that bridge.
    public var isReplaced: Bool {
        get async { await bus.perform { _ in attachment.ending == .replaced } }
    }

    /// Opens an intake of messages: at shutdown the bus waits until it is closed before it ends
    /// `messages`.
    public func openIntake() async { await bus.openIntake(attachment) }

    /// Closes an intake: nothing more comes from it.
    public func closeIntake() async { await bus.closeIntake(attachment) }

    /// Stops the daemon as SIGTERM does.
    public func stopDaemon() { requestShutdown() }

    /// Makes the daemon end with a status that means failure, whenever it ends: something that it
    /// was started for can no longer be done.
    public func failDaemon() { reportFailure() }
}
