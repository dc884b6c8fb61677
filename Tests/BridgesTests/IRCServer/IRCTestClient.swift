import Sockets
import TestSupport

/// A client of IRC as somebody would write one.
///
/// Confined to the test that uses it: one call at a time.
final class IRCTestClient: @unchecked Sendable {  // see above
    let socket: LoopbackSocket
    private var barriers = 0

    init(_ socket: LoopbackSocket) { self.socket = socket }

    /// Sends lines.
    func send(_ lines: String...) throws {
        try socket.send(Array(lines.map { "\($0)\r\n" }.joined().utf8))
    }

    /// Returns the next line; `nil` at the end.
    func line() async throws -> String? {
        try await socket.read { bytes, isAtEnd -> String?? in
            guard let end = bytes.firstIndex(of: 0x0A) else { return isAtEnd ? .some(nil) : nil }
            let line = bytes[..<end].dropLast()
            defer { bytes.removeFirst(end + 1) }
            return .some(String(decoding: line, as: UTF8.self))
        }
    }

    /// Returns the lines up to one that ends so, with it.
    func until(_ ending: String) async throws -> [String] {
        var lines: [String] = []
        while let line = try await line() {
            lines.append(line)
            if line.hasSuffix(ending) { return lines }
        }
        throw SocketError("read", reason: "closed after \(lines)")
    }

    /// Sends a ping, and returns all that came before its answer.
    @discardableResult
    func barrier() async throws -> [String] {
        barriers += 1
        try send("PING barrier-\(barriers)")
        return try await until("barrier-\(barriers)").dropLast()
    }

    /// Returns all lines up to the end.
    func rest() async throws -> [String] {
        var lines: [String] = []
        while let line = try await line() { lines.append(line) }
        return lines
    }
}

extension [String] {
    /// The lines without those that begin with a numeric of the server.
    var withoutNumerics: [String] {
        filter { line in
            let word = line.split(separator: " ").dropFirst().first ?? ""
            return Int(word) == nil
        }
    }
}
