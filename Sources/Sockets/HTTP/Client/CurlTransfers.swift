import CCurl

/// Requests under way and open connections: curl's multi interface on an event loop.
///
/// Confined to the loop, except for its initializer and deinitializer. curl names the sockets and
/// the time it waits for; the loop watches them and reports back.
///
/// It owns the handle that it has from libcurl.
@safe final class CurlTransfers: @unchecked Sendable {
    /// The handle by which a request is cancelled.
    ///
    /// Confined to the loop, which `CurlTransfers` checks.
    final class CancellationHandle: @unchecked Sendable {  // touched on the loop only
        fileprivate var transfer: CurlTransfer?
        fileprivate var isCancelled = false
    }

    private let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private let proxy: String?
    private let resolver: HostResolver
    private(set) var running:
        [UnsafeMutableRawPointer: (transfer: CurlTransfer, cancellation: CancellationHandle)] =
            unsafe [:]
    private var watches: [curl_socket_t: SocketWatch] = [:]
    private var isClosed = false
    private lazy var timer = LoopTimer { [weak self] in self?.timerFired() }

    /// True if libcurl is set up, which is done once in the process, because it is not thread-safe
    /// everywhere.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    /// The most connections kept open for later requests.
    private static let keptConnections = 8

    init(_ loop: EventLoop, proxy: String?, resolve: @escaping HostResolver.Resolver) throws {
        guard Self.isReady, let multi = unsafe curl_multi_init() else {
            throw HTTPError(.refused, mayHaveArrived: false, "curl can't be started")
        }
        self.loop = loop
        unsafe self.multi = multi
        self.proxy = proxy
        resolver = HostResolver(loop, resolve)
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe puente_set_limit(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        unsafe puente_set_limit(multi, CURLMOPT_MAXCONNECTS, Self.keptConnections)
        unsafe puente_set_socket(
            multi,
            { _, socket, wanted, context, _ in
                guard let context = unsafe context else { return 0 }
                unsafe CurlTransfers.of(context).watch(socket, wanted)
                return 0
            }, unsafe this)
        unsafe puente_set_timer(
            multi,
            { _, milliseconds, context in
                guard let context = unsafe context else { return 0 }
                unsafe CurlTransfers.of(context).setTimer(milliseconds)
                return 0
            }, unsafe this)
    }

    deinit {
        // `close()` did this on the loop, unless that had stopped: then nothing watches any more.
        unsafe puente_set_socket(multi, nil, nil)
        unsafe puente_set_timer(multi, nil, nil)
        for entry in unsafe Array(running.values) {
            unsafe curl_multi_remove_handle(multi, entry.transfer.handle)
        }
        unsafe curl_multi_cleanup(multi)
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> CurlTransfers {
        unsafe Unmanaged<CurlTransfers>.fromOpaque(context).takeUnretainedValue()
    }

    // MARK: - Beginning and ending

    func start(
        _ request: HTTPRequest, _ cancellation: CancellationHandle,
        _ continuation: CheckedContinuation<HTTPAnswer, any Error>
    ) {
        loop.assertOwned()
        if cancellation.isCancelled || isClosed {
            continuation.resume(
                throwing: HTTPError(.cancelled, mayHaveArrived: false, "cancelled"))
            return
        }
        guard request.hasGoodHeaders else {
            continuation.resume(
                throwing: HTTPError(
                    .refused, mayHaveArrived: false,
                    "a field of the head has a character that none can have"))
            return
        }
        // The loop keeps the timer until the deadline, so the closure must not keep the request.
        let transfer = CurlTransfer(request, proxy: proxy, continuation) {
            [weak self, unowned cancellation, deadline = request.deadline] in
            self?.deadlinePassed(cancellation, deadline)
        }
        guard let transfer else {
            continuation.resume(
                throwing: HTTPError(.refused, mayHaveArrived: false, "no memory for a request"))
            return
        }
        cancellation.transfer = transfer
        unsafe running[transfer.handle] = (transfer, cancellation)
        loop.set(transfer.deadline, after: request.deadline)
        switch HTTPHost.Endpoint(proxy ?? request.url, isProxy: proxy != nil) {
        case .known: submit(cancellation)
        case .invalid: end(cancellation, .refused, "the address makes no sense")
        case .named(let host):
            resolver.find(host, for: ObjectIdentifier(cancellation)) { [weak self] in
                self?.useAddresses($0, of: host, cancellation)
            }
        }
    }

    private func useAddresses(
        _ found: Result<[SocketAddress], HTTPError>, of host: HTTPHost,
        _ cancellation: CancellationHandle
    ) {
        switch found {
        case .success(let addresses):
            cancellation.transfer?.setAddresses(addresses, for: host)
            submit(cancellation)
        case .failure(let error): end(cancellation, error.kind, error.description)
        }
    }

    private func submit(_ cancellation: CancellationHandle) {
        guard let transfer = cancellation.transfer else { return }
        guard unsafe curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else {
            end(cancellation, .refused, "curl does not take the request")
            return
        }
    }

    private func deadlinePassed(_ cancellation: CancellationHandle, _ deadline: Duration) {
        let end = "no answer within \(deadline)"
        if let host = resolver.host(for: ObjectIdentifier(cancellation)) {
            self.end(cancellation, .timedOut, "\(host.name) can't be resolved: \(end)")
        } else {
            self.end(cancellation, .timedOut, end)
        }
    }

    func cancel(_ cancellation: CancellationHandle) {
        loop.assertOwned()
        cancellation.isCancelled = true
        end(cancellation, .cancelled, "cancelled")
    }

    func close() {
        loop.assertOwned()
        isClosed = true
        for entry in unsafe Array(running.values) {
            end(entry.cancellation, .cancelled, "cancelled")
        }
        unsafe puente_set_socket(multi, nil, nil)
        unsafe puente_set_timer(multi, nil, nil)
        for watch in watches.values { loop.remove(watch.registration) }
        watches = [:]
        timer.cancel()
    }

    private func end(_ cancellation: CancellationHandle, _ kind: HTTPError.Kind, _ reason: String) {
        guard let transfer = cancellation.transfer else { return }
        remove(transfer, cancellation)
        transfer.fail(kind, reason)
    }

    private func remove(_ transfer: CurlTransfer, _ cancellation: CancellationHandle) {
        cancellation.transfer = nil
        resolver.forget(ObjectIdentifier(cancellation))
        transfer.deadline.cancel()
        unsafe running[transfer.handle] = nil
        // Closes the connection if the answer was incomplete; has no effect while addresses are
        // awaited.
        unsafe curl_multi_remove_handle(multi, transfer.handle)
    }

    // MARK: - Sockets and timers of curl

    private func watch(_ socket: curl_socket_t, _ wanted: Int32) {
        loop.assertOwned()
        if wanted == CURL_POLL_REMOVE {
            if let watch = watches.removeValue(forKey: socket) { loop.remove(watch.registration) }
            return
        }
        var interest: Readiness = []
        if wanted & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if wanted & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        if let watch = watches[socket] {
            loop.modify(watch.registration, interest)
        } else {
            let handler = SocketWatch.Handler(self, socket)
            // If the kernel has no memory for it, the deadline ends the transfer.
            guard let registration = try? loop.add(socket, interest, handler) else { return }
            watches[socket] = SocketWatch(registration: registration)
        }
    }

    private func setTimer(_ milliseconds: Int) {
        if milliseconds < 0 {
            timer.cancel()
        } else {
            loop.set(timer, after: .milliseconds(milliseconds))
        }
    }

    private func timerFired() {
        performSocketAction(CURL_SOCKET_TIMEOUT, 0)
        // The loop's time is that of the beginning of its turn, so the call may have been too
        // early; curl does not ask for the same time twice.
        var rest = -1
        if timer.deadline == nil, unsafe curl_multi_timeout(multi, &rest) == CURLM_OK, rest >= 0 {
            setTimer(max(rest, 1))
        }
    }

    fileprivate func performSocketAction(_ socket: curl_socket_t, _ events: Int32) {
        loop.assertOwned()
        guard !isClosed else { return }
        var count: Int32 = 0
        unsafe curl_multi_socket_action(multi, socket, events, &count)
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            var code = CURLE_OK
            guard let handle = unsafe puente_done(message, &code),
                let entry = unsafe running[handle]
            else {
                continue
            }
            remove(entry.transfer, entry.cancellation)
            entry.transfer.finish(code)
        }
    }
}

/// A socket of curl that the loop watches.
private struct SocketWatch {
    let registration: EventLoop.Registration

    /// Passes events of the loop to curl.
    ///
    /// Confined to the loop, which `CurlTransfers` checks.
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
            transfers?.performSocketAction(socket, events)
        }
    }
}
