import CCurl

/// Requests under way and the connections that are open, as curl's multi interface has them.
///
/// curl names the sockets and the time it waits for, the loop watches them and tells it.
// Confined to the loop, but for being made and freed.
final class CurlTransfers: @unchecked Sendable {
    /// What a request is cancelled by.
    final class CancellationHandle: @unchecked Sendable {  // touched on the loop only
        fileprivate var transfer: CurlTransfer?
        fileprivate var isCancelled = false
    }

    private let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private let proxy: String?
    private let lookups: HostResolver
    private var running:
        [UnsafeMutableRawPointer: (transfer: CurlTransfer, ticket: CancellationHandle)] = [:]
    private var watches: [curl_socket_t: SocketWatch] = [:]
    private var isClosed = false
    private lazy var pulse = LoopTimer { [weak self] in self?.timeHasCome() }

    /// Once in the process: it is not safe from several threads everywhere.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    /// Connections kept open for later.
    private static let keptConnections = 8

    init(_ loop: EventLoop, proxy: String?, resolve: @escaping HostResolver.Resolver) throws {
        guard Self.isReady, let multi = curl_multi_init() else {
            throw HTTPError(.refused, mayHaveArrived: false, "curl can't be started")
        }
        self.loop = loop
        self.multi = multi
        self.proxy = proxy
        lookups = HostResolver(loop, resolve)
        let this = Unmanaged.passUnretained(self).toOpaque()
        puente_set_limit(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        puente_set_limit(multi, CURLMOPT_MAXCONNECTS, Self.keptConnections)
        puente_set_socket(
            multi,
            { _, socket, what, context, _ in
                guard let context else { return 0 }
                CurlTransfers.of(context).watch(socket, what)
                return 0
            }, this)
        puente_set_timer(
            multi,
            { _, milliseconds, context in
                guard let context else { return 0 }
                CurlTransfers.of(context).setPulse(milliseconds)
                return 0
            }, this)
    }

    deinit {
        // On the loop before, unless that has stopped: then nobody watches any more.
        puente_set_socket(multi, nil, nil)
        puente_set_timer(multi, nil, nil)
        for handle in running.keys { curl_multi_remove_handle(multi, handle) }
        curl_multi_cleanup(multi)
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> CurlTransfers {
        Unmanaged<CurlTransfers>.fromOpaque(context).takeUnretainedValue()
    }

    var count: Int { running.count }

    // MARK: - Beginning and ending

    func start(
        _ request: HTTPRequest, _ ticket: CancellationHandle,
        _ continuation: CheckedContinuation<HTTPAnswer, any Error>
    ) {
        if ticket.isCancelled || isClosed {
            continuation.resume(
                throwing: HTTPError(.cancelled, mayHaveArrived: false, "cancelled"))
            return
        }
        // Until the time would have come the loop keeps this, so it keeps nothing of the request.
        let transfer = CurlTransfer(request, proxy: proxy, continuation) {
            [weak self, unowned ticket, deadline = request.deadline] in
            self?.timeIsOver(ticket, deadline)
        }
        guard let transfer else {
            continuation.resume(
                throwing: HTTPError(.refused, mayHaveArrived: false, "no memory for a request"))
            return
        }
        ticket.transfer = transfer
        running[transfer.handle] = (transfer, ticket)
        loop.set(transfer.deadline, after: Int64(request.deadline / .nanoseconds(1)))
        switch HTTPHost.Endpoint(proxy ?? request.url, isProxy: proxy != nil) {
        case .known: add(ticket)
        case .senseless: end(ticket, .refused, "the address makes no sense")
        case .named(let host):
            lookups.find(host, for: ObjectIdentifier(ticket)) { [weak self] in
                self?.take($0, of: host, ticket)
            }
        }
    }

    private func take(
        _ found: Result<[SocketAddress], HTTPError>, of host: HTTPHost, _ ticket: CancellationHandle
    ) {
        switch found {
        case .success(let addresses):
            ticket.transfer?.use(addresses, for: host)
            add(ticket)
        case .failure(let error): end(ticket, error.kind, error.description)
        }
    }

    private func add(_ ticket: CancellationHandle) {
        guard let transfer = ticket.transfer else { return }
        guard curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else {
            end(ticket, .refused, "curl does not take the request")
            return
        }
    }

    private func timeIsOver(_ ticket: CancellationHandle, _ deadline: Duration) {
        let end = "no answer within \(deadline)"
        if let host = lookups.host(for: ObjectIdentifier(ticket)) {
            self.end(ticket, .timedOut, "\(host.name) can't be resolved: \(end)")
        } else {
            self.end(ticket, .timedOut, end)
        }
    }

    func cancel(_ ticket: CancellationHandle) {
        ticket.isCancelled = true
        end(ticket, .cancelled, "cancelled")
    }

    func close() {
        isClosed = true
        for entry in Array(running.values) { end(entry.ticket, .cancelled, "cancelled") }
        puente_set_socket(multi, nil, nil)
        puente_set_timer(multi, nil, nil)
        for watch in watches.values { loop.remove(watch.registration) }
        watches = [:]
        pulse.cancel()
    }

    private func end(_ ticket: CancellationHandle, _ kind: HTTPError.Kind, _ reason: String) {
        guard let transfer = ticket.transfer else { return }
        take(transfer, ticket)
        transfer.fail(kind, reason)
    }

    private func take(_ transfer: CurlTransfer, _ ticket: CancellationHandle) {
        ticket.transfer = nil
        lookups.forget(ObjectIdentifier(ticket))
        transfer.deadline.cancel()
        running[transfer.handle] = nil
        // Closes its connection if the answer was not complete; does nothing to one that still waits
        // for its host's addresses.
        curl_multi_remove_handle(multi, transfer.handle)
    }

    // MARK: - What curl waits for

    private func watch(_ socket: curl_socket_t, _ what: Int32) {
        if what == CURL_POLL_REMOVE {
            if let watch = watches.removeValue(forKey: socket) { loop.remove(watch.registration) }
            return
        }
        var interest: Readiness = []
        if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        if let watch = watches[socket] {
            loop.modify(watch.registration, interest)
        } else {
            let handler = SocketWatch.Handler(self, socket)
            // Without the kernel's memory for it the deadline ends the transfer.
            guard let registration = try? loop.add(socket, interest, handler) else { return }
            watches[socket] = SocketWatch(registration: registration)
        }
    }

    private func setPulse(_ milliseconds: Int) {
        if milliseconds < 0 {
            pulse.cancel()
        } else {
            loop.set(pulse, after: Int64(milliseconds) * 1_000_000)
        }
    }

    private func timeHasCome() {
        act(CURL_SOCKET_TIMEOUT, 0)
        // The loop's turn began before curl looked at its clock, so it may have been too early; curl
        // does not ask for the same time twice.
        var rest = -1
        if pulse.deadline == nil, curl_multi_timeout(multi, &rest) == CURLM_OK, rest >= 0 {
            setPulse(max(rest, 1))
        }
    }

    fileprivate func act(_ socket: curl_socket_t, _ events: Int32) {
        guard !isClosed else { return }
        var count: Int32 = 0
        curl_multi_socket_action(multi, socket, events, &count)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            var code = CURLE_OK
            guard let handle = puente_done(message, &code), let entry = running[handle] else {
                continue
            }
            take(entry.transfer, entry.ticket)
            entry.transfer.finish(code)
        }
    }
}

/// A socket of curl's that the loop watches.
private struct SocketWatch {
    let registration: EventLoop.Registration

    /// Tells curl what the loop has seen.
    ///
    /// Confined to the loop.
    final class Handler: EventHandler {
        private weak var transfers: CurlTransfers?
        private let socket: curl_socket_t

        init(_ transfers: CurlTransfers, _ socket: curl_socket_t) {
            self.transfers = transfers
            self.socket = socket
        }

        func handle(_ ready: Readiness) {
            var events: Int32 = 0
            if ready.contains(.readable) { events |= CURL_CSELECT_IN }
            if ready.contains(.writable) { events |= CURL_CSELECT_OUT }
            if !ready.isDisjoint(with: [.failed, .hungUp]) { events |= CURL_CSELECT_ERR }
            transfers?.act(socket, events)
        }
    }
}
