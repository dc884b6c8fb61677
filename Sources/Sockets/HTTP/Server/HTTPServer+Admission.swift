import Glibc
import Metrics

// The decisions about clients: as a connection, and with each request.

extension HTTPServer {
    /// The answer where there is no room for one more.
    var full: HTTPResponse {
        options.answer(
            HTTPRefusal(.serviceUnavailable, "there are too many connections; try again soon")
        )
        .adding("Retry-After", "10")
    }

    /// The most connections that are encrypted only to be told that there is no room; others are
    /// closed.
    private static let maxUnwelcome = 64
    /// A fatal alert: internal_error, the nearest to "no room" (RFC 8446, 6).
    private static let refusalAlert: [UInt8] = [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x50]

    func accept(_ descriptor: Int32, from peer: SocketAddress) {
        guard let arrivals else { return linger(descriptor) }
        var slot = ConnectionSlot(isCounted: false, host: nil)
        if !options.proxies.contains(peer) {
            if let answer = refusal(of: peer) {
                options.debug("\(peer) is refused: \(answer.status.code)")
                guard isEncrypted, unwelcome.count < Self.maxUnwelcome else {
                    sendAtOnce(to: descriptor, answer)
                    return linger(descriptor)
                }
                unwelcome.insert(descriptor)
            } else {
                slot = ConnectionSlot(isCounted: true, host: peer.host)
            }
        }
        slots.add(slot)
        arrivals.begin(descriptor, from: peer)
    }

    /// Returns the answer to a client that is not let in.
    private func refusal(of peer: SocketAddress) -> HTTPResponse? {
        if let reason = options.ban(peer.host) {
            options.counts?.refusals.record("forbidden")
            return banned(reason)
        }
        let hasPlace =
            !slots.isFull(for: peer.host)
            && (!slots.isFull || arrivals?.closeOldest(isPatient: true) ?? false)
        if hasPlace { return nil }
        options.counts?.refusals.record("full")
        return full
    }

    private func banned(_ reason: String) -> HTTPResponse {
        let text = reason.isEmpty ? "this address is banned" : "this address is banned: \(reason)"
        return options.answer(HTTPRefusal(.forbidden, text))
    }

    /// Sends an answer in plain, as far as the kernel takes it; to a client of TLS an alert.
    func sendAtOnce(to descriptor: Int32, _ answer: HTTPResponse, isPlain: Bool = false) {
        var bytes: [UInt8] = []
        if isEncrypted, !isPlain {
            bytes = Self.refusalAlert
        } else {
            encoder.appendHeader(
                of: answer, to: &bytes, .closed, isEncrypted: false, at: loop.wallTime)
            bytes += answer.body
        }
        unsafe bytes.withUnsafeBytes {
            _ = unsafe send(
                descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    // MARK: - Requests

    /// Decides about a request before its body is read.
    func admit(_ head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPAdmission {
        if let reason = options.ban(peer.host) { return .answer(banned(reason)) }
        if let rule = options.hostRule, !rule.allows(head.host) {
            let refusal = HTTPRefusal(
                .misdirectedRequest, "this server has another name; see \"origins\"")
            return .answer(options.answer(refusal))
        }
        if isStopping {
            let refusal = HTTPRefusal(.serviceUnavailable, "the server stops")
            return .answer(options.answer(refusal).adding("Retry-After", "10"))
        }
        return handler.admit(head, from: peer)
    }

    /// Counts bytes of a body that a connection holds.
    ///
    /// - Parameter held: bytes that it holds already.
    /// - Returns: false, and they are not counted, if all connections hold too many by then.
    func holdBody(_ count: Int, beside held: Int) -> Bool {
        if heldBodies + count > options.maxBodies, heldBodies > held {
            options.onFullBodies(
                """
                the bodies of all requests have more than \(options.maxBodies >> 20) MiB: those that \
                come now are answered with 503
                """)
            return false
        }
        changeHeldBodies(by: count)
        return true
    }

    /// The answer where too much of bodies is held.
    var bodiesAreFull: HTTPResponse {
        options.answer(
            HTTPRefusal(.serviceUnavailable, "too much is being received; try again soon")
        )
        .adding("Retry-After", "10")
    }

    /// Counts a proxy's connection for its client, and returns whether there was room.
    func reserve(_ host: HostKey?, for connection: HTTPServerConnection) -> Bool {
        if slots.isFull(for: host) { return false }
        slots.remove(connection.slot)
        connection.slot.host = host
        slots.add(connection.slot)
        return true
    }
}

extension HTTPServer: ArrivalOwner {
    /// Returns true: no header of a proxy comes before the protocol here.
    package func identify(_ client: SocketAddress, isNamed: Bool) -> Bool { true }

    private func slot(of address: SocketAddress, _ descriptor: Int32) -> ConnectionSlot {
        let isCounted = !options.proxies.contains(address) && !unwelcome.contains(descriptor)
        return ConnectionSlot(isCounted: isCounted, host: isCounted ? address.host : nil)
    }

    /// Serves a connection whose PROXY header and TLS handshake are done.
    package func admit(_ arrival: Arrival) {
        let slot = slot(of: arrival.address, arrival.descriptor)
        let isUnwelcome = unwelcome.remove(arrival.descriptor) != nil
        begin(
            arrival, slot,
            answer: isUnwelcome ? options.ban(arrival.host).map(banned) ?? full : nil)
    }

    /// Closes a connection that ends before its protocol begins.
    package func end(
        _ descriptor: Int32, client: SocketAddress?, peer: SocketAddress, _ failure: ArrivalFailure
    ) {
        slots.remove(slot(of: client ?? peer, descriptor))
        unwelcome.remove(descriptor)
        options.debug("\(peer) is closed: \(failure)")
        switch failure {
        case .gone: Glibc.close(descriptor)
        case .plaintext(let bytes):
            // A method, in plain: somebody has left out the "s" of https.
            if bytes.first.map({ $0 &- 0x41 < 26 }) ?? false {
                let refusal = HTTPRefusal(.badRequest, "this port speaks HTTPS")
                sendAtOnce(to: descriptor, options.answer(refusal), isPlain: true)
            }
            linger(descriptor)
        case .gaveWay:
            options.counts?.refusals.record("full")
            sendAtOnce(to: descriptor, full)
            linger(descriptor)
        default: linger(descriptor)
        }
    }
}
