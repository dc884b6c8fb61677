import Foundation
import TestSupport
import Testing

/// Sockets that a service manager has opened before it starts the program.
@Suite(.timeLimit(.minutes(10))) struct InheritedSocketTests {
    /// Opens a listening socket on a port of the system's choice.
    private static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && Glibc.listen(descriptor, 10) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        try #require(result, "listen: \(errno)")
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func chat(_ port: UInt16) -> String {
        #"{ "type": "tcp", "name": "chat", "listen": "127.0.0.1:\#(port)", "greeting": "" }"#
    }

    private static func start(
        _ folder: TestFolder, passing descriptors: [Int32], pid: String = "$$",
        _ more: String = ""
    ) throws -> RunningProgram {
        try RunningProgram(
            ["run"], in: folder.url,
            limits: "export LISTEN_FDS=\(descriptors.count) LISTEN_PID=\(pid) \(more)",
            passing: descriptors, keeping: folder)
    }

    @Test func `a socket that is open for a bridge's address is the bridge's`() async throws {
        let (descriptor, port) = try Self.listen()
        defer { close(descriptor) }
        // Somebody connects before there is a daemon.
        let early = try ChatClient(port: port)
        try early.send("ana: hola\n")
        let daemon = try Self.start(
            TestFolder(bridges: Self.chat(port)), passing: [descriptor])
        #expect(try await daemon.port() == port)
        #expect(try await early.lines(2) == ["ana joined the chat.", "ana: hola"])
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        // It is still open, for the next one.
        _ = try ChatClient(port: port)
    }

    @Test func `one that is for nobody is named and kept`() async throws {
        let (mine, port) = try Self.listen()
        let (other, otherPort) = try Self.listen()
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let daemon = try Self.start(
            TestFolder(bridges: Self.chat(port)), passing: [other, ends[0], mine],
            "LISTEN_FDNAMES=web:spool:chat")
        for descriptor in [mine, other] + ends { close(descriptor) }
        #expect(
            try await daemon.errors.line()?.hasSuffix(
                """
                warning from the service manager: descriptor 4: it is not a stream socket that \
                listens (spool); it is not used
                """) == true)
        let words = "127.0.0.1:\(otherPort) was opened by the service manager, and no bridge"
        try await daemon.errors.lines(until: words)
        _ = try ChatClient(port: otherPort)
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `sockets for another process are left alone`() async throws {
        let (descriptor, port) = try Self.listen()
        defer { close(descriptor) }
        let daemon = try Self.start(
            TestFolder(bridges: Self.chat(port)), passing: [descriptor], pid: "1")
        let (status, _, errors) = try await daemon.result()
        #expect(status == 69)
        #expect(errors.last == "puente: chat: bind 127.0.0.1:\(port): address already in use")
    }
}
