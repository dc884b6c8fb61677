import JSON
import Sockets
import TestSupport

/// A client of the WebSocket as somebody would write one: masked frames out, messages in.
///
/// Confined to the test that uses it: one call at a time.
final class SocketClient: @unchecked Sendable {  // see above
    let socket: LoopbackSocket
    /// The code of the close that has come.
    private(set) var closeCode: Int?
    /// Pings of the server that have come.
    private(set) var pings = 0
    /// True if pings of the server are answered.
    var answersPings = true
    private var barriers = 0

    private enum Frame: Sendable {
        case text([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(Int?)
        case end
    }

    /// Connects, without a handshake.
    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        socket = try LoopbackSocket(port: port, receiveBuffer: receiveBuffer)
    }

    /// Does the handshake, and returns the head of the answer.
    @discardableResult
    func handshake(_ headers: [String] = []) async throws -> String {
        let head =
            [
                "GET /ws HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + (headers.isEmpty ? ["Sec-WebSocket-Protocol: puente.1"] : headers)
        try socket.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        return try await socket.read { bytes, _ in
            let mark = Array("\r\n\r\n".utf8)
            guard bytes.count >= 4,
                let end = (0...bytes.count - 4).first(where: { bytes[$0...].starts(with: mark) })
            else { return nil }
            defer { bytes.removeFirst(end + 4) }
            return bytes[..<end].text
        }
    }

    // MARK: - Sending

    /// Sends a message, given as JSON.
    func send(_ json: String) throws { try send(1, Array(json.utf8)) }

    /// Sends a message, given by its type and further fields.
    func send(_ type: String, _ fields: [String: JSON]) throws {
        var fields = fields
        fields["type"] = .text(type)
        try send(1, JSON.object(fields).encodedWithNulls)
    }

    /// Says something.
    func say(
        _ text: String, id: String, in room: String = "general", reply: Int64? = nil
    ) throws {
        var fields: [String: JSON] = ["room": .text(room), "text": .text(text), "id": .text(id)]
        if let reply { fields["reply"] = .integer(reply) }
        try send("say", fields)
    }

    /// Sends a frame.
    func send(_ opcode: UInt8, _ payload: [UInt8], isMasked: Bool = true) throws {
        try socket.send(Self.frame(opcode, payload, isMasked: isMasked))
    }

    /// Returns a frame as a client sends it.
    static func frame(_ opcode: UInt8, _ payload: [UInt8], isMasked: Bool = true) -> [UInt8] {
        let mask: UInt8 = isMasked ? 0x80 : 0
        var bytes: [UInt8] = [0x80 | opcode]
        if payload.count < 126 {
            bytes.append(mask | UInt8(payload.count))
        } else if payload.count <= 0xFFFF {
            bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        } else {
            bytes.append(mask | 127)
            bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        if !isMasked { return bytes + payload }
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    // MARK: - Reading

    private func frame() async throws -> Frame {
        try await socket.read { bytes, isAtEnd in
            guard bytes.count >= 2 else { return isAtEnd ? .end : nil }
            var (start, count) = (2, Int(bytes[1]))
            switch count {
            case ..<126: break
            case 126:
                start = 4
                guard bytes.count >= start else { return nil }
                count = Int(bytes[2]) << 8 | Int(bytes[3])
            default:
                start = 10
                guard bytes.count >= start else { return nil }
                count = bytes[2..<10].reduce(0) { $0 << 8 | Int($1) }
            }
            guard bytes.count >= start + count else { return isAtEnd ? .end : nil }
            let opcode = bytes[0] & 15
            let payload = Array(bytes[start..<start + count])
            bytes.removeFirst(start + count)
            switch opcode {
            case 1: return .text(payload)
            case 9: return .ping(payload)
            case 10: return .pong(payload)
            case 8:
                return .close(payload.count < 2 ? nil : Int(payload[0]) << 8 | Int(payload[1]))
            default: throw SocketError("read", reason: "a frame of kind \(opcode)")
            }
        }
    }

    private func message(or pong: [UInt8]? = nil) async throws -> JSON? {
        while true {
            switch try await frame() {
            case .text(let bytes):
                guard let message = JSONReader.read(bytes) else {
                    throw SocketError("read", reason: "no JSON: \(bytes.text)")
                }
                return message
            case .ping(let payload):
                pings += 1
                if answersPings { try send(10, payload) }
            case .pong(let payload): if payload == pong { return nil }
            case .close(let code):
                closeCode = code
                return nil
            case .end: return nil
            }
        }
    }

    /// Returns the messages up to the first one for which the test holds, with it.
    @discardableResult
    func until(_ isLast: (JSON) -> Bool) async throws -> [JSON] {
        var messages: [JSON] = []
        do {
            while let message = try await message() {
                messages.append(message)
                if isLast(message) { return messages }
            }
        } catch {
            throw SocketError("read", reason: "\(error) after \(messages.map(\.brief))")
        }
        throw SocketError("read", reason: "closed after \(messages.map(\.brief))")
    }

    /// Returns the next message of a type, whatever comes before it.
    @discardableResult
    func next(_ type: String) async throws -> JSON {
        try await until { $0["type"].string == type }.last ?? .null
    }

    /// Returns what comes up to a message in brief words, with it.
    @discardableResult
    func until(_ brief: String) async throws -> [String] {
        try await until { $0.brief == brief }.map(\.brief)
    }

    /// Sends a ping, and returns all that came before its pong.
    @discardableResult
    func barrier() async throws -> [String] {
        barriers += 1
        let payload = Array("barrier \(barriers)".utf8)
        try send(9, payload)
        var messages: [String] = []
        while let message = try await message(or: payload) { messages.append(message.brief) }
        return messages
    }

    /// Returns all that comes up to the close, and its code.
    func rest() async throws -> (messages: [String], code: Int?) {
        var messages: [String] = []
        while let message = try await message() { messages.append(message.brief) }
        return (messages, closeCode)
    }
}

extension JSON {
    /// A message of the server in a few words.
    var brief: String {
        func field(_ name: String) -> String { self[name].string ?? "?" }
        let type = field("type")
        switch type {
        case "message": return "\(field("from")): \(field("text"))"
        case "edit": return "\(field("from"))✎ \(field("text"))"
        case "whisper": return "\(field("from")) → \(field("to")): \(field("text"))"
        case "join": return "\(field("from")) joins \(field("room"))"
        case "leave": return "\(field("from")) leaves \(field("room"))"
        case "rename": return "\(field("from")) is \(field("to")) in \(field("room"))"
        case "delete": return "delete \(self["of"].integer ?? -1)"
        case "skipped": return "skipped \(self["count"].integer ?? -1)"
        case "welcome": return "welcome \(self["name"].string ?? "nobody")"
        case "ok", "refused":
            let about = self["id"].string ?? self["of"].string ?? "?"
            return "\(type) \(about) \(field("code"))"
        default: return type
        }
    }
}
