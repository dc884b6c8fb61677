import Glibc
import Sockets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct DescriptorWriterTests {
    @Test func `lines come out whole and in order, however long`() async throws {
        let pipe = try TestPipe()
        let writer = try DescriptorWriter(pipe.writeEnd, called: "standard output")
        let lines = (0..<200).map { "\($0) " + String(repeating: "x", count: $0 * 71 % 9_000) }
        async let read = pipe.readLines(lines.count)
        for start in stride(from: 0, to: lines.count, by: 50) {
            let block = lines[start..<start + 50].map { $0 + "\n" }.joined()
            try await writer.write(Array(block.utf8))
        }
        #expect(await read == lines)
        writer.close()
    }

    @Test func `notices without writing that nobody reads any more`() async throws {
        let pipe = try TestPipe()
        let writer = try DescriptorWriter(pipe.writeEnd, called: "standard output")
        async let failure = writer.failure()
        pipe.closeReadEnd()
        #expect(await failure?.description == "write standard output: broken pipe")
        #expect(await failure?.meansGone == true)
        let error = await #expect(throws: SocketError.self) { try await writer.write([10]) }
        #expect(error?.meansGone == true)
    }

    @Test func `notices it while it waits for a full pipe`() async throws {
        let pipe = try TestPipe()
        pipe.fill()
        let writer = try DescriptorWriter(pipe.writeEnd, called: "standard output")
        let task = Task { try await writer.write(Array("hola\n".utf8)) }
        pipe.closeReadEnd()
        await #expect(throws: SocketError.self) { try await task.value }
    }

    @Test func `cancelling leaves a full pipe at once`() async throws {
        let pipe = try TestPipe()
        pipe.fill()
        let writer = try DescriptorWriter(pipe.writeEnd, called: "standard output")
        let task = Task { try await writer.write(Array("hola\n".utf8)) }
        task.cancel()
        let error = await #expect(throws: SocketError.self) { try await task.value }
        #expect(error?.description == "write standard output: operation canceled")
        #expect(await writer.failure() == nil)
    }

    @Test func `fails if nothing is read after the limit is set, before or while it waits`()
        async throws
    {
        for isLate in [true, false] {
            let pipe = try TestPipe()
            pipe.fill()
            let writer = try DescriptorWriter(pipe.writeEnd, called: "standard output")
            if !isLate { writer.giveUp(afterStandstillOf: .milliseconds(20)) }
            let task = Task { try await writer.write(Array("hola\n".utf8)) }
            if isLate { writer.giveUp(afterStandstillOf: .milliseconds(20)) }
            let error = await #expect(throws: SocketError.self) { try await task.value }
            #expect(error?.description == "write standard output: nobody reads it")
        }
    }

    @Test func `that it can be read is no failure`() async throws {
        var ends: (Int32, Int32) = (-1, -1)
        withUnsafeMutableBytes(of: &ends) { bytes in
            _ = socketpair(
                AF_UNIX, Int32(SOCK_STREAM.rawValue), 0,
                bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        let writer = try DescriptorWriter(ends.0, called: "standard output")
        async let failure = writer.failure()
        write(ends.1, "typed", 5)
        try await writer.write(Array("hola\n".utf8))
        var bytes = [UInt8](repeating: 0, count: 5)
        #expect(read(ends.1, &bytes, 5) == 5)
        close(ends.1)
        #expect(await failure?.meansGone == true)
        close(ends.0)
    }

    @Test func `a full disk is no reason to give the reader up`() async throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        let writer = try DescriptorWriter(full, called: "standard output")
        let error = await #expect(throws: SocketError.self) { try await writer.write([10]) }
        #expect(error?.description == "write standard output: no space left on device")
        #expect(error?.meansGone == false)
    }
}
