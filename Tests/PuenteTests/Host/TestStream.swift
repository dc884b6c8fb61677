import Glibc
import Sockets
import TestSupport

/// The end of a pipe that a test reads lines from, with a time limit.
///
/// Confined to the test that uses it: one call at a time. It waits on a thread of its own, because
/// the threads of the tests are few.
final class TestStream: @unchecked Sendable {  // see above
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var isAtEnd = false
    private var isOpen = true

    /// Reads from a descriptor, which is closed in the end.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    /// The next line without its ending, or `nil` at the end.
    func line() async throws -> String? {
        try await DedicatedThread.run(named: "test stream") { Result { try self.lineNow() } }.get()
    }

    /// All lines up to the end.
    func rest() async throws -> [String] {
        try await DedicatedThread.run(named: "test stream") {
            Result {
                var lines: [String] = []
                while let line = try self.lineNow() { lines.append(line) }
                return lines
            }
        }.get()
    }

    /// Returns all lines up to the one that contains a text.
    @discardableResult
    func lines(until text: String) async throws -> [String] {
        var lines: [String] = []
        while let line = try await line() {
            lines.append(line)
            if line.contains(text) { return lines }
        }
        throw SocketError("read", reason: "no \"\(text)\" in \(lines)")
    }

    /// Closes the pipe, like a reader that has seen enough.
    func close() {
        if isOpen { Glibc.close(descriptor) }
        isOpen = false
    }

    private func lineNow() throws -> String? {
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                defer { bytes.removeSubrange(...end) }
                return String(decoding: bytes[..<end], as: UTF8.self)
            }
            if isAtEnd {
                defer { bytes = [] }
                return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
            }
            try receive()
        }
    }

    private func receive() throws {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Patience.milliseconds) > 0 else {
            throw SocketError("read", reason: "nothing came; last: \(bytes.count) bytes")
        }
        let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        isAtEnd = chunk.isEmpty
        bytes += chunk
    }
}
