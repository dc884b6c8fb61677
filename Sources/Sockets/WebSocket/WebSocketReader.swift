/// The parser of a client's frames: bytes in; messages, pings, pongs and the close out.
///
/// Pure: it has no clock and no socket. A message is put together from its fragments, at most
/// `maxMessage` bytes; text is checked as it comes, so that the first wrong byte ends the
/// connection. After a violation nothing more is read.
package struct WebSocketReader: Sendable {
    /// Something that the client has sent.
    package enum Event {
        /// A message of text, valid until the next call.
        case text([UInt8])
        /// A message of bytes, for a reader that takes those.
        case binary([UInt8])
        /// A question whether we are there, with at most 125 bytes to be sent back.
        case ping([UInt8])
        /// The answer to a ping.
        case pong([UInt8])
        /// The end, with its code, if the client gives one.
        case close(WebSocketCloseCode?)
    }

    private enum Part {
        case header
        case payload(WebSocketFrameHeader, WebSocketMask, left: Int)
        case failed(WebSocketViolation)
        /// The client's close has come; nothing may follow.
        case closed
    }

    private let maxMessage: Int
    private let takesBinary: Bool
    private var part = Part.header
    /// Bytes of an incomplete header.
    private var header: [UInt8] = []
    /// The message so far.
    private var message: [UInt8] = []
    /// True in the middle of a message.
    private var isInMessage = false
    private var control: [UInt8] = []
    /// True if the present message is one of bytes.
    private var isBinary = false
    private var text = UTF8Validator()

    /// Bytes of a message at most, unless another limit is given.
    package static let usualMaxMessage = 64 << 10

    /// Makes a reader at the beginning of a connection.
    ///
    /// - Parameters:
    ///   - maxMessage: bytes of a message at most; a longer one is a violation, 1009.
    ///   - takesBinary: whether messages of bytes are taken; they are a violation otherwise, 1003.
    package init(maxMessage: Int = usualMaxMessage, takesBinary: Bool = false) {
        self.maxMessage = maxMessage
        self.takesBinary = takesBinary
    }

    /// Reads from the front of bytes, up to the next event.
    ///
    /// - Parameter input: what is left of it afterwards follows the event; all of it is read when
    ///   `nil` is returned.
    /// - Returns: `nil` when more bytes are needed.
    /// - Throws: `WebSocketViolation`, and the same again from then on.
    @safe package mutating func next(
        _ input: inout UnsafeRawBufferPointer
    ) throws(WebSocketViolation) -> Event? {
        do throws(WebSocketViolation) {
            return try read(&input)
        } catch {
            part = .failed(error)
            message = []
            throw error
        }
    }

    @safe private mutating func read(
        _ input: inout UnsafeRawBufferPointer
    ) throws(WebSocketViolation) -> Event? {
        while true {
            switch part {
            case .failed(let violation): throw violation
            case .closed:
                // Whatever follows a close is to be ignored (RFC 6455, 5.5.1).
                input.removeBeginning(input.count)
                return nil
            case .header:
                guard let (frame, key) = try readHeader(&input) else { return nil }
                if !frame.opcode.isControl, frame.opcode != .continuation {
                    isBinary = frame.opcode == .binary
                }
                part = .payload(frame, WebSocketMask(key), left: frame.count)
            case .payload(let frame, var mask, let left):
                let count = min(left, input.count)
                try add(input.part(..<count), to: frame, &mask)
                input.removeBeginning(count)
                part = .payload(frame, mask, left: left - count)
                if count < left { return nil }
                part = .header
                if let event = try endFrame(frame) { return event }
            }
        }
    }

    @safe private mutating func readHeader(
        _ input: inout UnsafeRawBufferPointer
    ) throws(WebSocketViolation) -> (WebSocketFrameHeader, UInt32)? {
        while let byte = input.byte(at: 0) {
            header.append(byte)
            input.removeBeginning(1)
            let frame = try WebSocketFrameHeader(header)
            if let frame { try check(frame) }
            guard let frame, header.count == frame.headerCount else { continue }
            let key = unsafe header.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: frame.headerCount - 4, as: UInt32.self)
            }
            header.removeAll(keepingCapacity: true)
            return (frame, key)
        }
        return nil
    }

    /// Checks that a frame may come at this place.
    private func check(_ frame: WebSocketFrameHeader) throws(WebSocketViolation) {
        if frame.opcode.isControl { return }
        if (frame.opcode == .continuation) != isInMessage {
            throw WebSocketViolation(
                code: .protocolError, reason: "a message begins in another, or goes on without one")
        }
        if frame.opcode == .binary, !takesBinary {
            throw WebSocketViolation(
                code: .unsupportedData, reason: "messages of bytes are not taken here")
        }
        // A length of 63 bits must not overflow in the sum.
        if frame.count > maxMessage - message.count {
            throw WebSocketViolation(
                code: .messageTooBig, reason: "a message has more than \(maxMessage) bytes")
        }
    }

    @safe private mutating func add(
        _ bytes: UnsafeRawBufferPointer, to frame: WebSocketFrameHeader, _ mask: inout WebSocketMask
    ) throws(WebSocketViolation) {
        if frame.opcode.isControl { return Self.append(bytes, to: &control, &mask) }
        isInMessage = true
        let start = message.count
        Self.append(bytes, to: &message, &mask)
        if isBinary { return }
        let isText = unsafe message.withUnsafeBytes {
            text.check($0.part(start...))
        }
        guard isText else { throw Self.notText }
    }

    private static let notText = WebSocketViolation(
        code: .invalidText, reason: "a message is not UTF-8")

    @safe private static func append(
        _ bytes: UnsafeRawBufferPointer, to target: inout [UInt8], _ mask: inout WebSocketMask
    ) {
        if bytes.count == 0 { return }
        let plain = unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            if let start = buffer.baseAddress { unsafe mask.unmask(bytes, into: start) }
            count = bytes.count
        }
        if target.isEmpty { target = plain } else { target += plain }
    }

    private mutating func endFrame(
        _ frame: WebSocketFrameHeader
    ) throws(WebSocketViolation) -> Event? {
        guard frame.opcode.isControl else {
            isInMessage = !frame.isFinal
            guard frame.isFinal else { return nil }
            guard text.isComplete else { throw Self.notText }
            defer { message = [] }
            return isBinary ? .binary(message) : .text(message)
        }
        defer { control = [] }
        switch frame.opcode {
        case .ping: return .ping(control)
        case .pong: return .pong(control)
        default:
            let code = try closeCode()
            part = .closed
            return .close(code)
        }
    }

    private func closeCode() throws(WebSocketViolation) -> WebSocketCloseCode? {
        if control.isEmpty { return nil }
        guard control.count >= 2 else {
            throw WebSocketViolation(
                code: .protocolError, reason: "a close has half a code")
        }
        let code = WebSocketCloseCode(UInt16(control[0]) << 8 | UInt16(control[1]))
        guard code.maySend else {
            throw WebSocketViolation(
                code: .protocolError, reason: "a close has a code that is not to be sent")
        }
        var reason = UTF8Validator()
        let isText = unsafe control.withUnsafeBytes {
            reason.check($0.part(2...))
        }
        guard isText, reason.isComplete else { throw Self.notText }
        return code
    }
}
