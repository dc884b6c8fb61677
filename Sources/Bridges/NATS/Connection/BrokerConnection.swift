import CNATS
import Glibc
import Locking
import Sockets

/// A connection to one server, which is never repaired: when it is gone, another one is made.
///
/// Safe from any thread until `end()`, which only the last user may call. The library's own
/// reconnecting is off, so that our threads know a connection to be in one of two states.
@safe final class BrokerConnection: @unchecked Sendable {  // the library's own lock guards it
    /// The server's address, as in bridge.json or as a server has reported it.
    let address: String
    /// The clock by which answers are waited for.
    let clock: any TimeSource
    private let pointer: OpaquePointer
    private let closing: Closing
    private let subscriptions = Locked<[BrokerSubscription]>([])
    private let knownComplaint = Locked<String?>(nil)

    /// A signal that the library's threads have let go of a connection.
    ///
    /// Safe from any thread.
    private final class Closing: Sendable {
        let complaints = PermissionViolations()
        let clock: any TimeSource
        let isClosed = Locked(false)
        let signal = ThreadSignal()

        init(_ clock: any TimeSource) { self.clock = clock }
    }

    /// The time that connecting may take, to each server.
    private static let connectTimeout: Duration = .seconds(3)
    /// The time that a write to the socket may take.
    private static let writeDeadline: Duration = .seconds(5)
    /// The time between two pings, of which at most two may be unanswered.
    private static let pingInterval: Duration = .seconds(2)
    /// The time that the library has to close a connection.
    private static let closeTimeout: Duration = .seconds(10)

    /// Connects, which blocks.
    ///
    /// - Throws: `BrokerError`.
    init(
        to address: String, _ access: BrokerAccess, name: String,
        clock: any TimeSource = SystemClock()
    ) throws(BrokerError) {
        self.address = address
        self.clock = clock
        var options: OpaquePointer?
        guard unsafe natsOptions_Create(&options) == NATS_OK, let options = unsafe options else {
            throw BrokerError(.unreachable, "no memory for a connection")
        }
        defer { unsafe natsOptions_Destroy(options) }
        let closing = Closing(clock)
        self.closing = closing
        unsafe natsOptions_SetURL(options, address)
        unsafe natsOptions_SetName(options, name)
        unsafe natsOptions_SetAllowReconnect(options, false)
        unsafe natsOptions_SetTimeout(options, Self.connectTimeout.wholeMilliseconds)
        unsafe natsOptions_SetWriteDeadline(options, Self.writeDeadline.wholeMilliseconds)
        unsafe natsOptions_SetPingInterval(options, Self.pingInterval.wholeMilliseconds)
        unsafe natsOptions_SetMaxPingsOut(options, 2)
        unsafe natsOptions_SetSendAsap(options, true)
        try unsafe access.apply(to: options, address: address)
        let held = unsafe Unmanaged.passRetained(closing)
        // Other errors show in missing answers and in the closed connection. This callback comes
        // from the thread that calls the other one last, so the object still lives.
        unsafe natsOptions_SetErrorHandler(
            options,
            { _, _, status, argument in
                guard let argument = unsafe argument else { return }
                let closing = unsafe Unmanaged<Closing>.fromOpaque(argument).takeUnretainedValue()
                closing.complaints.recordLast(status, at: closing.clock.monotonic())
            }, unsafe held.toOpaque())
        unsafe natsOptions_SetClosedCB(
            options,
            { _, argument in
                guard let argument = unsafe argument else { return }
                let closing = unsafe Unmanaged<Closing>.fromOpaque(argument).takeRetainedValue()
                closing.isClosed.withLock { $0 = true }
                closing.signal.send()
            }, unsafe held.toOpaque())
        var connection: OpaquePointer?
        let status = unsafe natsConnection_Connect(&connection, options)
        guard status == NATS_OK, let connection = unsafe connection else {
            // The callback may still be called, or never: the few bytes are leaked.
            throw BrokerError(address, status)
        }
        unsafe pointer = connection
    }

    /// The largest message that the server takes.
    var maxPayload: Int { unsafe Int(natsConnection_GetMaxPayload(pointer)) }

    /// The last error that the server has sent, such as a missing right; `nil` if there is none.
    var complaint: String? {
        var text: UnsafePointer<CChar>?
        guard unsafe natsConnection_GetLastError(pointer, &text) != NATS_OK,
            let complaint = unsafe String(lent: text), !complaint.isEmpty
        else { return nil }
        return complaint
    }

    /// The rights that the server has refused.
    var complaints: PermissionViolations { closing.complaints }

    /// True while the connection stands.
    var isOpen: Bool { unsafe natsConnection_Status(pointer) == NATS_CONN_STATUS_CONNECTED }

    /// The addresses of other servers of the cluster, as this one has reported them.
    var otherServers: [String] {
        var (list, count): (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, Int32) = (nil, 0)
        guard unsafe natsConnection_GetDiscoveredServers(pointer, &list, &count) == NATS_OK,
            let list = unsafe list
        else { return [] }
        defer { unsafe free(list) }
        return (0..<Int(count)).compactMap { index in
            guard let text = unsafe list[index] else { return nil }
            defer { unsafe free(text) }
            return unsafe String(cString: text)
        }
    }

    /// Subscribes to a subject.
    func subscribe(to subject: String) throws(BrokerError) -> BrokerSubscription {
        var subscription: OpaquePointer?
        let status = unsafe natsConnection_SubscribeSync(&subscription, pointer, subject)
        guard status == NATS_OK, let subscription = unsafe subscription else {
            throw BrokerError("subscribe", status)
        }
        // The number of waiting messages is limited by the requests, so the library must drop none.
        unsafe natsSubscription_SetPendingLimits(subscription, -1, -1)
        let owned = unsafe BrokerSubscription(pointer: subscription)
        subscriptions.withLock { $0.append(owned) }
        return owned
    }

    /// Publishes a message.
    func publish(
        _ content: [UInt8], to subject: String, reply: String? = nil,
        headers: [String: String] = [:]
    ) throws(BrokerError) {
        let message = try BrokerMessage(content, to: subject, reply: reply)
        for (name, value) in headers { message.setHeader(name, value) }
        try publish(message)
    }

    private func publish(_ message: borrowing BrokerMessage) throws(BrokerError) {
        let status = unsafe natsConnection_PublishMsg(pointer, message.pointer)
        if status != NATS_OK { throw BrokerError("publish", status) }
    }

    /// Publishes a message that no stream keeps, because it is for an instance that does not exist.
    func publishNothing(to subject: String) throws(BrokerError) {
        let message = try BrokerMessage([], to: subject)
        message.setHeader("Nats-Expected-Stream", "none-of-this-name")
        try publish(message)
    }

    /// Returns the server's objection to anything sent so far; `nil` if there is none; blocks.
    ///
    /// - Throws: `BrokerError` if it does not answer in time.
    func newComplaint(within time: Duration) throws(BrokerError) -> String? {
        let before = knownComplaint.withLock { $0 }
        // The server answers in order: its complaints come before the answer to this.
        let status = unsafe natsConnection_FlushTimeout(pointer, time.wholeMilliseconds)
        let present = complaint
        knownComplaint.withLock { $0 = present }
        if present != before { return present }
        if status != NATS_OK { throw BrokerError(address, status) }
        return nil
    }

    /// Closes the connection, and releases it and its subscriptions; blocks.
    ///
    /// No thread may use them any more.
    func end() {
        unsafe natsConnection_Close(pointer)
        let deadline = clock.monotonic() + Self.closeTimeout
        while !closing.isClosed.withLock({ $0 }) {
            let rest = deadline - clock.monotonic()
            // The library still uses the connection: leaking it is better than freeing it.
            if rest <= .zero { return }
            closing.signal.wait(atMost: rest)
        }
        let owned = subscriptions.withLock { list in
            defer { list = [] }
            return list
        }
        for subscription in owned { unsafe natsSubscription_Destroy(subscription.pointer) }
        unsafe natsConnection_Destroy(pointer)
    }
}
