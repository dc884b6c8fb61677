import Glibc
import Locking
import TestSupport
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(10))) struct LineWriterTests {
    private func limits(lines: Int = 8_192, bytes: Int = 1 << 20) -> LineWriter.Limits {
        var bounds = LineWriter.Limits()
        bounds.lines = lines
        bounds.bytes = bytes
        return bounds
    }

    /// A directory of one's own, removed afterwards.
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/puente-test-XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            unlink("\(path)/log")
            rmdir(path)
        }
        try await body(path)
    }

    private func contents(of path: String) async throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let reader = try DescriptorReader(file, called: path)
        var bytes: [UInt8] = []
        while let chunk = try await reader.next() { bytes += chunk }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a rotated file is reopened on request`() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/log"
            let writer = try LineWriter(to: .file(path))
            try writer.open()
            #expect(writer.write("one"))
            try await pollUntil { try await contents(of: path) == "one\n" }
            #expect(rename(path, "\(path).1") == 0)
            writer.reopen()
            #expect(writer.write("two"))
            await writer.close(within: Patience.limit)
            #expect(try await contents(of: path) == "two\n")
            #expect(try await contents(of: "\(path).1") == "one\n")
            unlink("\(path).1")
        }
    }

    @Test func `so is an inherited descriptor, if it is a file`() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/log"
            let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            defer { close(file) }
            let writer = try LineWriter(to: .descriptor(file, called: "standard error"))
            try writer.open()
            #expect(rename(path, "\(path).1") == 0)
            writer.reopen()
            #expect(writer.write("two"))
            await writer.close(within: Patience.limit)
            #expect(try await contents(of: path) == "two\n")
            #expect(try await contents(of: "\(path).1") == "")
            unlink("\(path).1")
        }
    }

    @Test func `closing it once more does not wait`() async throws {
        try await withDirectory { directory in
            let writer = try LineWriter(to: .file("\(directory)/log"))
            try writer.open()
            // A second close that waits shows only by not returning, so its limit is far longer
            // than the suite's, and the suite's makes the test fail.
            for _ in 0..<2 { await writer.close(within: .seconds(86_400)) }
        }
    }

    @Test func `appends to a file, which only its group may read`() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/log"
            for text in ["one", "two"] {
                let writer = try LineWriter(to: .file(path))
                #expect(writer.write("\(text), before it is open"))
                try writer.open()
                #expect(writer.write("\(text), afterwards"))
                await writer.close(within: Patience.limit)
                #expect(!writer.write("too late"))
            }
            let text = try await contents(of: path)
            #expect(
                text == """
                    one, before it is open
                    one, afterwards
                    two, before it is open
                    two, afterwards

                    """)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test func `a file that can't be opened is a sentence`() throws {
        let writer = try LineWriter(to: .file("/nowhere/log"))
        let error = #expect(throws: SocketError.self) { try writer.open() }
        #expect(error?.description == "open /nowhere/log: no such file or directory")
    }

    @Test func `lines that don't fit are counted, and a line in their place says so`() async throws
    {
        let pipe = try TestPipe()
        let writer = try LineWriter(
            to: .descriptor(pipe.writeEnd, called: "standard error"), limits: limits(lines: 2))
        #expect(writer.write("one"))
        #expect(writer.write("two"))
        for _ in 0..<17 { #expect(!writer.write("no room")) }
        try writer.open()
        #expect(await pipe.readLines(3) == ["one", "two", "… 17 lines left out"])
        #expect(writer.write("three"))
        #expect(await pipe.readLine() == "three")
        #expect(writer.leftOut == 17)
        await writer.close(within: Patience.limit)
    }

    @Test func `bytes are bounded as lines are`() async throws {
        let pipe = try TestPipe()
        let writer = try LineWriter(
            to: .descriptor(pipe.writeEnd, called: "standard error"), limits: limits(bytes: 10))
        #expect(writer.write("12345"))
        #expect(!writer.write("12345"))
        #expect(!writer.write(""))
        try writer.open()
        #expect(await pipe.readLines(2) == ["12345", "… 2 lines left out"])
        await writer.close(within: Patience.limit)
    }

    @Test func `whoever writes does not wait for a pipe that nobody reads`() async throws {
        let pipe = try TestPipe()
        pipe.fill()
        let writer = try LineWriter(
            to: .descriptor(pipe.writeEnd, called: "standard error"), limits: limits(lines: 100))
        try writer.open()
        for number in 0..<1_000 { writer.write("\(number)") }
        #expect(writer.leftOut >= 800)
        await writer.close(within: .milliseconds(1))
        // The thread may still use the pipe, whose descriptor must not become another test's file.
        _ = Unmanaged.passRetained(pipe)
    }

    @Test func `a reader that went away hurts nobody and is told once`() async throws {
        let pipe = try TestPipe()
        pipe.closeReadEnd()
        let failures = Locked<[String]>([])
        let writer = try LineWriter(
            to: .descriptor(pipe.writeEnd, called: "standard error"),
            report: { error in failures.withLock { $0.append(error.description) } })
        try writer.open()
        for number in 0..<10_000 { writer.write("\(number)") }
        await writer.close(within: Patience.limit)
        #expect(failures.withLock { $0 } == ["write standard error: broken pipe"])
    }

    @Test func `goes on by itself when the disk has room again`() async throws {
        let pipe = try TestPipe()
        let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let (failures, failed) = AsyncStream.makeStream(of: String.self)
        let writer = try LineWriter(
            to: .descriptor(descriptor, called: "log"), limits: limits(), retryAfter: 1,
            gapLine: { "\($0)" }, report: { failed.yield($0.description) })
        try writer.open()
        writer.write("one")
        var iterator = failures.makeAsyncIterator()
        #expect(await iterator.next() == "write log: no space left on device")
        writer.write("two")
        dup2(pipe.writeEnd, descriptor)
        #expect(await pipe.readLines(2) == ["one", "two"])
        await writer.close(within: Patience.limit)
        failed.finish()
        #expect(await iterator.next() == nil)
    }
}
