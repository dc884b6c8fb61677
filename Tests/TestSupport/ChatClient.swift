import Glibc
import Sockets

/// A client of the chat as a person would write one: a blocking socket, lines, and patience with an
/// end.
///
/// Confined to the test that uses it: one call at a time. A call that waits does so on a thread of
/// its own, because the threads of the tests are few.
package final class ChatClient: @unchecked Sendable {  // see above
    /// The kernel's number for it.
    package let descriptor: Int32
    /// Text to be sent with the end of the handshake, and whether it is the last.
    private var firstText: (String, Bool)?
    private var bytes: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var isOpen = true
    private var barriers = 0
    /// The client's side of TLS; `nil` in plain.
    private var encryption: TLSEngine?

    /// Connects to a port of this machine.
    ///
    /// - Parameter receiveBuffer: bytes the kernel keeps for who does not read; small for those who
    ///   are to be slow.
    package init(port: UInt16, receiveBuffer: Int32? = nil, from source: String? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        // Small writes go out at once, so that a test that splits its lines really does.
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        if let source {
            var from = Self.loopback(source, port: 0)
            guard Self.call(&from, { bind(descriptor, $0, $1) }) == 0 else {
                throw SocketError("bind")
            }
        }
        var address = Self.loopback("127.0.0.1", port: port)
        guard Self.call(&address, { connect(descriptor, $0, $1) }) == 0 else {
            throw SocketError("connect")
        }
    }

    /// Takes a connected socket over.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    /// Does a TLS handshake, and encrypts from then on; returns the client's side of it.
    ///
    /// - Parameters:
    ///   - first: text that is sent in one piece with the end of the handshake.
    ///   - isLast: whether the end of the encryption follows it, in the same piece.
    /// - Throws: `SocketError` if the server ends it; its reason is OpenSSL's or the alert's.
    @discardableResult
    package func encrypt(
        _ settings: TLSEngine.Settings = TLSEngine.Settings(), resuming other: ChatClient? = nil,
        saying first: String = "", isLast: Bool = false
    ) async throws -> TLSEngine {
        firstText = (first, isLast)
        let engine = try TLSEngine(settings, resuming: other?.encryption?.ticket)
        encryption = engine
        engine.handshake()
        try sendAsIs(engine.dequeueOutput())
        try await DedicatedThread.run(named: "test client") {
            Result {
                while let engine = self.encryption, !engine.isConnected {
                    if case .failed(let reason) = engine.end {
                        throw SocketError("handshake", reason: reason)
                    }
                    if self.isAtEnd { throw SocketError("handshake", reason: "closed") }
                    try self.receive()
                }
            }
        }.get()
        return engine
    }

    /// The end of the encryption, if it has come.
    package var encryptionEnd: TLSEngine.End? { encryption?.end }

    private static func loopback(_ host: String, port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return address
    }

    private static func call(
        _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    // MARK: - Sending

    /// Sends a text as it is; it must be small enough for the kernel to take it at once.
    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends bytes as they are; they must be few enough for the kernel to take them at once.
    package func send(_ bytes: [UInt8]) throws {
        guard let encryption else { return try sendAsIs(bytes) }
        encryption.write(bytes)
        try flush()
    }

    /// Sends what the encryption has made.
    package func flush() throws { try sendAsIs(encryption?.dequeueOutput() ?? []) }

    /// Sends bytes without encryption.
    package func sendAsIs(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { throw SocketError("send") }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends what the kernel may not take at once.
    package func sendMuch(_ bytes: [UInt8]) async throws {
        try await DedicatedThread.run(named: "test client") { Result { try self.send(bytes) } }
            .get()
    }

    /// Says by TLS that nothing more comes; the sending side stays open.
    package func finishText() throws {
        encryption?.finish()
        try flush()
    }

    /// Closes the sending side only.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes it; the other side reads to the end.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Closes it so that the other side gets a reset (RST).
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    // MARK: - Reading

    /// The next line without its ending, or `nil` at the end.
    package func line() async throws -> String? {
        if let line = takeLine() { return line }
        return try await DedicatedThread.run(named: "test client") { Result { try self.lineNow() } }
            .get()
    }

    /// The next lines, as many as asked for or as come before the end.
    package func lines(_ count: Int) async throws -> [String] {
        var result: [String] = []
        while result.count < count, let line = try await line() { result.append(line) }
        return result
    }

    /// All lines up to the end, which must not be a reset.
    ///
    /// - Parameter first: is called on the thread that reads, directly before.
    package func rest(after first: @escaping @Sendable () -> Void = {}) async throws -> [String] {
        try await DedicatedThread.run(named: "test client") {
            Result {
                first()
                var result: [String] = []
                while let line = try self.lineNow() { result.append(line) }
                return result
            }
        }.get()
    }

    /// Sends a command that does not exist, and returns what comes before its answer: all that the
    /// server had to say up to now.
    @discardableResult
    package func barrier() async throws -> [String] {
        try send("\(nextBarrier())\n")
        return try await linesUntilBarrier()
    }

    /// A command that does not exist, for barriers by hand.
    package func nextBarrier() -> String {
        barriers += 1
        return "/barrier-\(barriers)"
    }

    /// The lines before the answer to the last `nextBarrier`.
    package func linesUntilBarrier() async throws -> [String] {
        let wanted = "/barrier-\(barriers);"
        return try await DedicatedThread.run(named: "test client") {
            Result {
                var result: [String] = []
                while let line = try self.lineNow() {
                    if line.contains("[unknown-command]"), line.contains(wanted) { return result }
                    result.append(line)
                }
                throw SocketError("barrier", reason: "closed after \(result)")
            }
        }.get()
    }

    /// The next line; blocks.
    package func lineNow() throws -> String? {
        while true {
            if let line = takeLine() { return line }
            if isAtEnd {
                let rest = bytes[start...]
                (bytes, start) = ([], 0)
                return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
            }
            try receive()
        }
    }

    /// The next line as bytes; blocks.
    ///
    /// Costs less than a `String`.
    package func bytesOfLine() throws -> [UInt8]? {
        while true {
            if let line = takeBytes() { return line }
            if isAtEnd { return nil }
            try receive()
        }
    }

    private func takeBytes() -> [UInt8]? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + start, 10, bytes.count - start)
            else { return nil }
            let end = UnsafeRawPointer(found) - base
            defer { start = end + 1 }
            return Array(bytes[start..<end])
        }
    }

    private func takeLine() -> String? {
        // By hand, because most tests run unoptimized.
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + start, 10, bytes.count - start)
            else { return nil }
            let end = UnsafeRawPointer(found) - base
            defer { start = end + 1 }
            return String(
                decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        }
    }

    private func receive() throws {
        bytes.removeFirst(start)
        start = 0
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Patience.milliseconds) > 0 else {
            throw SocketError("read", reason: "nothing came; last: \(bytes.count) bytes")
        }
        var received = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            count = max(0, received)
        }
        if received < 0 { throw SocketError("read") }
        isAtEnd = chunk.isEmpty
        guard let encryption else { return bytes += chunk }
        if !chunk.isEmpty { encryption.receive(chunk) }
        if encryption.isConnected, let (text, isLast) = firstText {
            firstText = nil
            if !text.isEmpty { encryption.write(Array(text.utf8)) }
            if isLast { encryption.finish() }
        }
        bytes += encryption.read()
        try? flush()
        if encryption.end != nil { isAtEnd = true }
    }
}
