import COpenSSL
import Glibc

/// One encrypted connection: OpenSSL's state, and records that the kernel has not taken yet.
///
/// Confined to the loop, which `Connection` checks. The descriptor belongs to whoever holds the
/// session.
///
/// A record is at most 16 KiB of text. The rest of a record that the kernel does not take is kept
/// here, at most one record, and the text in it counts as sent. So a write is never repeated, and a
/// reader's place may move as if the kernel had taken everything.
///
/// It owns the objects that it has from OpenSSL.
@safe public final class TLSSession: @unchecked Sendable {  // touched on the loop only
    /// The result of a step of the handshake.
    public enum Progress: Equatable {
        case done
        /// The client's next bytes are needed.
        case needsInput
        /// It failed; the client has been sent an alert where the protocol has one.
        case failed(String)
    }

    private let ssl: OpaquePointer
    private let transport: TLSTransport
    let descriptor: Int32
    /// True if this side has connected.
    private let isClient: Bool
    /// Encrypted bytes that the kernel has not taken.
    private var unsent: [UInt8] = []
    /// Encrypted bytes that were received with the end of the handshake.
    private var held: [UInt8] = []
    /// True if OpenSSL has text that was not read yet.
    private var hasHeldText = false
    /// The end, or a failure, that came after bytes and is reported by the next read.
    private var ending: Connection.Outcome?
    private var sendFailure: Int32 = 0
    /// Records without text since the last one with text.
    private var emptyRecords = 0
    /// True after an error after which OpenSSL may not be called for this session; the client has
    /// been sent an alert.
    private(set) var isBroken = false
    private var isFinished = false
    /// True if the kernel encrypts what is sent.
    private var isKernelSending = false
    /// True while a record is made that is followed at once by another.
    private var moreFollows = false
    /// Encrypted bytes made so far, less the text in them.
    private(set) var overheadBytes: UInt64 = 0
    /// Bytes to receive at once; small while the records are small, because each has its cost.
    private var receiveSize: Int

    /// Bytes of text in a record at most (RFC 8446, 5.1).
    private static let maxText = 16_384
    /// Bytes received at once by a session whose records are not known yet.
    private static let firstReceiveSize = 8 << 10
    /// Bytes received at once at least.
    private static let minReceiveSize = 2 << 10
    /// Bytes of records that are small: 48 KiB of them would take longer than a connection's share
    /// of a turn.
    private static let smallRecord = 256
    /// Bytes that a read may return more than it receives: a record of which all but the last byte
    /// was received before.
    private static let recordSize = 17 << 10
    /// Records without text, one after the other, past which a session is closed: nobody has a use
    /// for more.
    private static let maxEmptyRecords = 32

    /// Makes a session for a descriptor on which a client has connected.
    ///
    /// - Throws: `TLSError` if there is no memory.
    public init(
        _ context: TLSContext, _ transport: TLSTransport, on descriptor: Int32
    ) throws(TLSError) {
        guard let ssl = unsafe SSL_new(context.pointer) else { throw TLSError(openSSL: "TLS") }
        unsafe self.ssl = ssl
        self.transport = transport
        self.descriptor = descriptor
        isClient = false
        receiveSize = Self.firstReceiveSize
        unsafe BIO_up_ref(transport.bio)
        unsafe SSL_set0_rbio(ssl, transport.bio)
        if KernelTLS.isAvailable(on: descriptor), let socket = unsafe BIO_new_socket(descriptor, 0)
        {
            unsafe SSL_set0_wbio(ssl, socket)
        } else {
            unsafe BIO_up_ref(transport.bio)
            unsafe SSL_set0_wbio(ssl, transport.bio)
        }
        unsafe SSL_set_accept_state(ssl)
    }

    /// Makes a session for a descriptor that has connected to a server; `handshake` without bytes
    /// begins it.
    ///
    /// - Parameter host: the name or IP address that the server's certificate has to be for.
    /// - Throws: `TLSError` if there is no memory.
    public init(
        _ context: TLSClientContext, to host: String, _ transport: TLSTransport,
        on descriptor: Int32
    ) throws(TLSError) {
        guard let ssl = unsafe SSL_new(context.pointer) else { throw TLSError(openSSL: "TLS") }
        unsafe self.ssl = ssl
        self.transport = transport
        self.descriptor = descriptor
        isClient = true
        receiveSize = Self.firstReceiveSize
        for _ in 0..<2 { unsafe BIO_up_ref(transport.bio) }
        unsafe SSL_set0_rbio(ssl, transport.bio)
        unsafe SSL_set0_wbio(ssl, transport.bio)
        guard unsafe context.expect(host, in: ssl) else {
            throw TLSError(openSSL: "TLS to \(host)")
        }
        unsafe SSL_set_connect_state(ssl)
    }

    deinit { unsafe SSL_free(ssl) }

    // MARK: - Handshake

    /// Goes on with the handshake.
    ///
    /// - Parameter input: encrypted bytes that were received.
    @safe public func handshake(_ input: UnsafeRawBufferPointer) -> Progress {
        let error = withInput(input) {
            let result = unsafe SSL_do_handshake(ssl)
            return unsafe result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, result)
        }
        // The bytes are the caller's.
        defer { unsafe transport.input = TLSTransport.nothing }
        if sendFailure != 0 { return fail("the \(peer) is gone") }
        switch error {
        case SSL_ERROR_NONE:
            // Text may follow in the same segment.
            holdRest()
            overheadBytes = 0
            chooseSender()
            return .done
        case SSL_ERROR_WANT_READ where unsent.isEmpty: return .needsInput
        // A few thousand bytes are more than a new socket holds only if it was made to hold little.
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return fail("the \(peer) does not read")
        default:
            let doubt = doubt
            return fail(doubt ?? TLSError.lastReason)
        }
    }

    private var peer: String { isClient ? "server" : "client" }

    /// The reason why the server's certificate is not trusted; `nil` if there is none.
    public var doubt: String? {
        let code = unsafe SSL_get_verify_result(ssl)
        guard isClient, code != Int(X509_V_OK) else { return nil }
        let reason = unsafe String(lent: X509_verify_cert_error_string(code))
        return "its certificate is not trusted: \(reason ?? "unknown reason")"
    }

    /// SHA-256 of the peer's certificate, as in `AB:CD:…`; `nil` if it has shown none.
    public var peerFingerprint: String? {
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else { return nil }
        defer { unsafe X509_free(certificate) }
        return unsafe CertificateFingerprint.text(of: certificate)
    }

    /// Lets the kernel encrypt if it knows the cipher.
    private func chooseSender() {
        isKernelSending = unsafe puente_ssl_is_kernel_sending(ssl) == 1
        if isKernelSending {
            unsafe puente_ssl_watch_key_updates(ssl, Unmanaged.passUnretained(self).toOpaque()) {
                unsafe $0.map { unsafe Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }?
                    .endKeys()
            }
        } else if unsafe SSL_get_wbio(ssl) != transport.bio {
            unsafe BIO_up_ref(transport.bio)
            unsafe SSL_set0_wbio(ssl, transport.bio)
        }
    }

    /// Ends a session whose client wants other keys, which the kernel can't be given.
    private func endKeys() { sendFailure = EPROTO }

    private func fail(_ reason: String) -> Progress {
        isBroken = true
        return .failed(reason)
    }

    @safe private func withInput<Result>(
        _ input: UnsafeRawBufferPointer, _ body: () -> Result
    ) -> Result {
        unsafe transport.input = input
        ERR_clear_error()
        return transport.serving(self, body)
    }

    /// The version and the cipher, for the log: `TLSv1.3 TLS_AES_256_GCM_SHA384`.
    public var summary: String {
        let version = unsafe String(lent: SSL_get_version(ssl)) ?? "TLS"
        let cipher = unsafe String(lent: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)))
        return "\(version) \(cipher ?? "")"
    }

    // MARK: - Receiving

    /// True if a read returns something although the kernel has nothing.
    var hasHeldInput: Bool { !held.isEmpty || hasHeldText || ending != nil }

    /// Reads text.
    @safe func receive(into buffer: UnsafeMutableRawBufferPointer) -> Connection.Outcome {
        if let ending { return ending }
        if hasHeldInput {
            let input = held
            held = []
            return unsafe input.withUnsafeBytes { decrypt($0, into: buffer) }
        }
        // What does not fit is kept, but that costs a copy.
        let count = min(receiveSize, max(Self.minReceiveSize, buffer.count - Self.recordSize))
        while true {
            let received = unsafe recv(descriptor, transport.storage.baseAddress, count, 0)
            if received > 0 {
                let input = unsafe UnsafeRawBufferPointer(transport.storage)
                let outcome = decrypt(
                    input.part(..<received), into: buffer)
                // The rest of a record may be there.
                if outcome == .wouldBlock, received == count { continue }
                return outcome
            }
            // An end without close_notify may be an attacker's (RFC 8446, 6.1).
            if received == 0 { return .failed(ECONNRESET) }
            let code = errno
            if code == EAGAIN { return .wouldBlock }
            if code != EINTR { return .failed(code) }
        }
    }

    @safe private func decrypt(
        _ input: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) -> Connection.Outcome {
        var (filled, records) = (0, 0)
        withInput(input) {
            while filled < buffer.count, let start = buffer.baseAddress {
                var count = 0
                let result = unsafe SSL_read_ex(ssl, start + filled, buffer.count - filled, &count)
                if result == 1 {
                    (filled, records, emptyRecords) = (filled + count, records + 1, 0)
                    if unsafe transport.input.isEmpty, unsafe SSL_pending(ssl) == 0 { break }
                    continue
                }
                ending = outcome(ofRead: result)
                if unsafe ending != nil || transport.input.isEmpty { break }
                emptyRecords += 1
                if emptyRecords > Self.maxEmptyRecords {
                    ending = breakOff(EPROTO)
                    break
                }
            }
        }
        hasHeldText = unsafe ending == nil && SSL_pending(ssl) > 0
        if ending == nil { holdRest() }
        unsafe transport.input = TLSTransport.nothing
        adaptReceiveSize(received: input.count, records: records)
        if filled > 0 { return .bytes(filled) }
        return ending ?? .wouldBlock
    }

    /// Keeps the encrypted bytes that OpenSSL has not taken.
    private func holdRest() {
        if unsafe !transport.input.isEmpty { held = unsafe Array(transport.input) }
    }

    private func outcome(ofRead result: Int32) -> Connection.Outcome? {
        if sendFailure != 0 { return breakOff(sendFailure) }
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return nil
        case SSL_ERROR_ZERO_RETURN: return .end
        default:
            ERR_clear_error()
            return breakOff(EPROTO)
        }
    }

    private func breakOff(_ code: Int32) -> Connection.Outcome {
        isBroken = true
        return .failed(code)
    }

    private func adaptReceiveSize(received: Int, records: Int) {
        if records > 1, received < Self.smallRecord * records {
            receiveSize = max(Self.minReceiveSize, receiveSize / 2)
        } else if received == receiveSize {
            receiveSize = min(TLSTransport.receiveSize, receiveSize * 2)
        }
    }

    // MARK: - Sending

    /// True if encrypted bytes wait for the kernel to take them.
    var hasUnsent: Bool { !unsent.isEmpty }
    /// Encrypted bytes that wait for the kernel to take them.
    var unsentCount: Int { unsent.count }

    /// Sends text, as much as the kernel takes and up to a record more.
    @safe func send(_ bytes: UnsafeRawBufferPointer) -> Connection.Outcome {
        if isKernelSending { return Connection.send(bytes, on: descriptor) }
        if let stop = flush() { return stop }
        if isBroken || isFinished { return .failed(EPIPE) }
        var sent = 0
        while sent < bytes.count, unsent.isEmpty, let start = bytes.baseAddress {
            var count = 0
            moreFollows = bytes.count - sent > Self.maxText
            // Reads nothing, and its failure is not looked into: no old error need be cleared.
            let result = transport.serving(self) {
                unsafe SSL_write_ex(ssl, start + sent, bytes.count - sent, &count)
            }
            guard result == 1, sendFailure == 0 else {
                ERR_clear_error()
                return breakOff(sendFailure == 0 ? EPROTO : sendFailure)
            }
            sent += count
            overheadBytes &-= UInt64(count)
        }
        return .bytes(sent)
    }

    /// Sends encrypted bytes that wait; returns `nil` once there are none left.
    func flush() -> Connection.Outcome? {
        if sendFailure != 0 { return .failed(sendFailure) }
        guard !unsent.isEmpty else { return nil }
        switch unsafe unsent.withUnsafeBytes({ Connection.send($0, on: descriptor) }) {
        case .bytes(let count) where count == unsent.count:
            unsent = []
            return nil
        case .bytes(let count):
            unsent.removeFirst(count)
            return .wouldBlock
        case let other: return other
        }
    }

    /// Sends a record, or keeps what the kernel does not take; returns false if that failed.
    @safe func sendEncrypted(_ bytes: UnsafeRawBufferPointer) -> Bool {
        overheadBytes &+= UInt64(bytes.count)
        guard unsent.isEmpty else {
            unsafe unsent.append(contentsOf: bytes)
            return true
        }
        // The kernel waits for the next record before it sends half a segment.
        switch Connection.send(bytes, on: descriptor, moreFollows: moreFollows) {
        case .bytes(let count): unsafe unsent.append(contentsOf: bytes[count...])
        case .wouldBlock: unsafe unsent.append(contentsOf: bytes)
        case .failed(let code): sendFailure = code
        case .end: sendFailure = EPIPE
        }
        return sendFailure == 0
    }

    /// Tells the client that nothing more comes (close_notify), as far as the kernel takes it.
    func finish() {
        guard !isFinished, !isBroken, sendFailure == 0 else { return }
        isFinished = true
        moreFollows = false
        unsafe withInput(TLSTransport.nothing) { _ = unsafe SSL_shutdown(ssl) }
        ERR_clear_error()
    }
}
