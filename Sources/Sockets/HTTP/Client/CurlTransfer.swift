import CCurl
import Glibc

/// A request under way: its curl handle and the answer so far.
///
/// Confined to the loop, which `CurlTransfers` checks.
///
/// It owns the handles that it has from libcurl.
@safe final class CurlTransfer {
    let handle: UnsafeMutableRawPointer
    let deadline: LoopTimer
    private let continuation: CheckedContinuation<HTTPAnswer, any Error>
    private let headers: UnsafeMutablePointer<curl_slist>?
    private var resolved: UnsafeMutablePointer<curl_slist>?
    private let maxAnswerBytes: Int
    private let cutsLongAnswer: Bool
    /// True if the connection must lead to this machine.
    private let needsLoopback: Bool
    /// True if the connection led to another machine although it must not.
    private var isElsewhere = false
    private var body: [UInt8] = []
    private var isTooLong = false
    /// True once the blank line after the header has come.
    private var isHeadComplete = false
    /// Number of times the request was started on a connection.
    private var attempts = 0

    init?(
        _ request: HTTPRequest, proxy: String?,
        _ continuation: CheckedContinuation<HTTPAnswer, any Error>,
        onDeadline: @escaping () -> Void
    ) {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = handle
        self.continuation = continuation
        maxAnswerBytes = request.maxAnswerBytes
        cutsLongAnswer = request.cutsLongAnswer
        needsLoopback = request.isPlainOnlyToLoopback && request.isPlain
        deadline = LoopTimer(onDeadline)
        unsafe headers = Self.headers(of: request)
        setUp(request, proxy)
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headers)
        unsafe curl_slist_free_all(resolved)
    }

    private static func headers(of request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
        var headers: UnsafeMutablePointer<curl_slist>?
        if request.body != nil {
            unsafe headers = curl_slist_append(headers, "Content-Type: \(request.contentType)")
            // Without an empty "Expect:" curl waits for a 100 before it sends a long body.
            unsafe headers = curl_slist_append(headers, "Expect:")
        }
        for (name, value) in request.headers {
            // curl sends no field for a name and a colon, and an empty one for a semicolon.
            unsafe headers = curl_slist_append(
                headers, value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        return unsafe headers
    }

    /// Gives curl the addresses of a host, and forbids its own resolver.
    ///
    /// At the end of a transfer curl waits for its resolver's thread, and would block the loop.
    func setAddresses(_ addresses: [SocketAddress], for host: HTTPHost) {
        // curl can't parse scopes here, and link-local addresses are no public servers.
        let texts = addresses.map(\.hostText).filter { !$0.contains("%") }.joined(separator: ",")
        // curl may look a name with a final dot up without it.
        for name in Set([host.name, host.nameWithoutDot]) {
            unsafe resolved = curl_slist_append(resolved, "\(name):\(host.port):\(texts)")
        }
        unsafe puente_set_resolve(handle, resolved)
        unsafe puente_set_resolver_start(handle) { _, _, _ in 1 }
    }

    private func setUp(_ request: HTTPRequest, _ proxy: String?) {
        set(CURLOPT_URL, request.url)
        unsafe puente_allow_http_only(handle)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Self.connectWithin)
        set(CURLOPT_USERAGENT, "puente")
        // An empty proxy means none, even if the environment names one.
        set(CURLOPT_PROXY, proxy ?? "")
        if proxy == nil { set(CURLOPT_NOPROXY, "*") }
        // Accept every compression that curl knows; a proxy may compress unasked. The limit counts
        // uncompressed bytes.
        set(CURLOPT_ACCEPT_ENCODING, "")
        if request.wantsFreshConnection {
            set(CURLOPT_FRESH_CONNECT, 1)
        }
        if let body = request.body {
            set(CURLOPT_POST, 1)
            _ = unsafe body.withUnsafeBytes {
                unsafe puente_set_body(handle, $0.baseAddress, $0.count)
            }
        }
        unsafe puente_set_headers(handle, headers)
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe puente_set_context(handle, CURLOPT_WRITEDATA, this)
        unsafe puente_set_write(handle) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            return unsafe CurlTransfer.of(context).appendToBody(
                UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        unsafe puente_set_context(handle, CURLOPT_HEADERDATA, this)
        unsafe puente_set_header(handle) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            unsafe CurlTransfer.of(context).readHeaderLine(
                UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        unsafe puente_set_context(handle, CURLOPT_PREREQDATA, this)
        unsafe puente_set_before_request(handle) { context, remote, _, _, _ in
            guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
            return unsafe CurlTransfer.of(context).beginAttempt(String(lent: remote) ?? "")
                ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    private func set(_ option: CURLoption, _ text: String) {
        unsafe puente_set_text(handle, option, text)
    }

    private func set(_ option: CURLoption, _ number: Int) {
        unsafe puente_set_number(handle, option, number)
    }

    /// Milliseconds within the deadline that connecting may take.
    private static let connectWithin = 15_000

    /// Returns the transfer of a curl callback.
    static func of(_ context: UnsafeMutableRawPointer) -> CurlTransfer {
        unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Returns true if the request may be sent.
    ///
    /// If a kept connection breaks before the first byte of an answer, curl sends the request again
    /// on another one. The first may have arrived, so the caller must decide: there is no second
    /// attempt.
    ///
    /// - Parameter remote: the IP address that the connection leads to.
    private func beginAttempt(_ remote: String) -> Bool {
        if needsLoopback, !SocketAddress.isLoopback(remote) {
            isElsewhere = true
            return false
        }
        attempts += 1
        return attempts == 1
    }

    @safe private func readHeaderLine(_ line: UnsafeRawBufferPointer) {
        // A new header begins with its status; trailers of a chunked body don't.
        if unsafe line.starts(with: "HTTP/".utf8) { isHeadComplete = false }
        if unsafe line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) { isHeadComplete = true }
    }

    @safe private func appendToBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        if body.count + bytes.count > maxAnswerBytes {
            isTooLong = true
            if cutsLongAnswer {
                unsafe body.append(contentsOf: bytes.prefix(maxAnswerBytes - body.count))
            }
            return 0
        }
        unsafe body.append(contentsOf: bytes)
        return bytes.count
    }

    // MARK: - Completion

    /// Completes the request with curl's result.
    func finish(_ code: CURLcode) {
        // curl accepts a truncated header as an answer.
        if isTooLong, cutsLongAnswer, isHeadComplete {
            continuation.resume(returning: answer)
        } else if code == CURLE_OK, !isHeadComplete {
            fail(.broken, "the connection was closed inside the answer")
        } else if code == CURLE_OK {
            continuation.resume(returning: answer)
        } else {
            continuation.resume(throwing: error(code))
        }
    }

    /// Fails the request before curl completes it.
    func fail(_ kind: HTTPError.Kind, _ reason: String) {
        continuation.resume(
            throwing: HTTPError(kind, mayHaveArrived: attempts > 0, reason))
    }

    /// The longest pause that a server may ask for: a day.
    private static let maxPause: Duration = .seconds(86_400)

    private var answer: HTTPAnswer {
        var status = 0
        unsafe puente_get_number(handle, CURLINFO_RESPONSE_CODE, &status)
        var retryAfter: curl_off_t = 0
        unsafe puente_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter)
        var contentType: UnsafeMutablePointer<CChar>?
        unsafe puente_get_text(handle, CURLINFO_CONTENT_TYPE, &contentType)
        return HTTPAnswer(
            status: status, contentType: unsafe String(lent: contentType) ?? "",
            retryAfter: retryAfter > 0
                ? min(.seconds(Int64(retryAfter)), Self.maxPause) : nil, body: body)
    }

    private func error(_ code: CURLcode) -> HTTPError {
        if isTooLong {
            return HTTPError(
                .tooLong, mayHaveArrived: true, "the answer is longer than \(maxAnswerBytes) bytes")
        }
        if isElsewhere {
            return HTTPError(
                .refused, mayHaveArrived: false,
                "the connection would leave this machine unencrypted: use https")
        }
        if attempts > 1 {
            return HTTPError(
                .broken, mayHaveArrived: true, "the connection was closed before an answer came")
        }
        // curl's sentences for its codes are constant; its error buffer might contain the URL.
        var reason = unsafe String(cString: curl_easy_strerror(code))
        // In lower case like our sentences, but not "sSL peer certificate …".
        if reason.dropFirst().first?.isUppercase == false {
            reason = reason.prefix(1).lowercased() + reason.dropFirst()
        }
        var number = 0
        unsafe puente_get_number(handle, CURLINFO_OS_ERRNO, &number)
        if code == CURLE_COULDNT_CONNECT, number > 0 {
            reason = unsafe "connect: \(String(cString: strerror(Int32(number))).lowercased())"
        }
        if code == CURLE_PEER_FAILED_VERIFICATION {
            // "SSL peer certificate or SSH remote key was not OK" helps nobody.
            reason = """
                the server's certificate is not to be trusted: self-signed, expired or another's
                """
        }
        // "Transferred a partial file" speaks of another protocol.
        if code == CURLE_PARTIAL_FILE { reason = "the connection was closed inside the answer" }
        let kind: HTTPError.Kind =
            switch code {
            case CURLE_OPERATION_TIMEDOUT where attempts > 0: .timedOut
            case _ where attempts > 0: .broken
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_OUT_OF_MEMORY,
                CURLE_FAILED_INIT:
                .refused
            default: .unreachable
            }
        return HTTPError(kind, mayHaveArrived: attempts > 0, reason)
    }
}
