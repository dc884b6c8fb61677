import Glibc
import Sockets
import Locking

/// A pipe of the kernel: what is written at one end is read at the other.
///
/// Safe from any thread.
///
/// Both ends are blocking, like an inherited standard input or output.
package final class TestPipe: Sendable {
    /// The end to read from.
    package let readEnd: Int32
    /// The end to write to.
    package let writeEnd: Int32
    private let isOpen = Locked((read: true, write: true))
    private let lines: PipeLines

    /// Makes a pipe.
    ///
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    package init() throws {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) { bytes in
            pipe(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result == 0 else { throw SocketError("pipe") }
        (readEnd, writeEnd) = ends
        // Writing to a pipe that nobody reads is what some tests are about.
        signal(SIGPIPE, SIG_IGN)
        lines = PipeLines(readEnd)
    }

    deinit {
        closeReadEnd()
        closeWriteEnd()
    }

    /// Writes a text; returns when it is in the pipe.
    package func write(_ text: String) async { await write(Array(text.utf8)) }

    /// Writes bytes; returns when they are in the pipe.
    ///
    /// On a thread of its own, so that a full pipe stops no task.
    package func write(_ bytes: [UInt8]) async {
        try? await DedicatedThread.run(named: "test pipe") { self.writeBlocking(bytes) }
    }

    private func writeBlocking(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(writeEnd, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes until not a byte more fits.
    ///
    /// The other descriptors stay blocking: a non-blocking one is opened for that.
    package func fill() {
        let descriptor = open("/proc/self/fd/\(writeEnd)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let block = [UInt8](repeating: UInt8(ascii: "."), count: 4_096)
        while block.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) > 0 {}
        while block.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, 1) }) > 0 {}
    }

    /// The next line that comes out, without its ending, or `nil` at the end.
    package func readLine() async -> String? { await lines.next() }

    /// The next lines, as many as asked for or as come before the end.
    package func readLines(_ count: Int) async -> [String] {
        var result: [String] = []
        while result.count < count, let line = await readLine() { result.append(line) }
        return result
    }

    /// All lines up to the end.
    package func readToEnd() async -> [String] { await readLines(.max) }

    /// Closes the end to read from.
    ///
    /// Nobody may be reading.
    package func closeReadEnd() {
        let wasOpen = isOpen.withLock { state in
            defer { state.read = false }
            return state.read
        }
        if wasOpen { close(readEnd) }
    }

    /// Closes the end to write to: the reader comes to the end.
    package func closeWriteEnd() {
        let wasOpen = isOpen.withLock { state in
            defer { state.write = false }
            return state.write
        }
        if wasOpen { close(writeEnd) }
    }
}

/// Reads lines from a pipe, each call on a thread of its own.
private actor PipeLines {
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var isAtEnd = false

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func next() async -> String? {
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                defer { bytes.removeSubrange(...end) }
                return String(decoding: bytes[..<end], as: UTF8.self)
            }
            if isAtEnd {
                defer { bytes = [] }
                return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
            }
            let chunk = await Self.read(descriptor)
            isAtEnd = chunk.isEmpty
            bytes += chunk
        }
    }

    private static func read(_ descriptor: Int32) async -> [UInt8] {
        let bytes = try? await DedicatedThread.run(named: "test pipe") {
            [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
            }
        }
        return bytes ?? []
    }
}
