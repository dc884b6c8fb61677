import Glibc
import Sockets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct DescriptorReaderTests {
    private func text(_ chunk: [UInt8]?) -> String? {
        chunk.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `returns bytes as they come, then the end`() async throws {
        let pipe = try TestPipe()
        let reader = try DescriptorReader(pipe.readEnd, called: "standard input")
        await pipe.write("hola\n")
        #expect(text(try await reader.next()) == "hola\n")
        await pipe.write("ad")
        #expect(text(try await reader.next()) == "ad")
        pipe.closeWriteEnd()
        #expect(try await reader.next() == nil)
        #expect(try await reader.next() == nil)
    }

    @Test(arguments: ["/proc/self/status", "/dev/null", "/etc/passwd"])
    func `reads descriptors that epoll refuses`(path: String) async throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let reader = try DescriptorReader(file, called: path)
        var count = 0
        while let chunk = try await reader.next() { count += chunk.count }
        #expect((count == 0) == (path == "/dev/null"))
    }

    @Test func `reads no further than it is asked`() async throws {
        let pipe = try TestPipe()
        let reader = try DescriptorReader(pipe.readEnd, called: "standard input")
        await pipe.write("a")
        #expect(text(try await reader.next()) == "a")
        await pipe.write("b")
        // Once another reader has got the bytes, the thread had its chance to read them.
        var byte: UInt8 = 0
        #expect(read(pipe.readEnd, &byte, 1) == 1)
        #expect(byte == UInt8(ascii: "b"))
        pipe.closeWriteEnd()
        #expect(try await reader.next() == nil)
    }

    @Test func `a reader that waits can be stopped`() async throws {
        let pipe = try TestPipe()
        let reader = try DescriptorReader(pipe.readEnd, called: "standard input")
        async let chunk = reader.next()
        reader.stop()
        #expect(try await chunk == nil)
        #expect(try await reader.next() == nil)
    }

    @Test func `cancelling ends the reader at once`() async throws {
        let pipe = try TestPipe()
        let reader = try DescriptorReader(pipe.readEnd, called: "standard input")
        let task = Task { try await reader.next() }
        task.cancel()
        #expect(try await task.value == nil)
        await pipe.write("nobody reads this")
        #expect(try await reader.next() == nil)
    }

    @Test func `an error is a sentence, and the end`() async throws {
        let directory = open("/", O_RDONLY | O_CLOEXEC)
        defer { close(directory) }
        let reader = try DescriptorReader(directory, called: "standard input")
        let error = await #expect(throws: SocketError.self) { try await reader.next() }
        #expect(error?.description == "read standard input: is a directory")
        #expect(try await reader.next() == nil)
    }

    @Test func `a descriptor that is not open is an error`() async throws {
        let reader = try DescriptorReader(100_000, called: "standard input")
        let error = await #expect(throws: SocketError.self) { try await reader.next() }
        #expect(error?.description == "read standard input: bad file descriptor")
    }
}
