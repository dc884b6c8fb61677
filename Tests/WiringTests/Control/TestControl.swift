import Foundation
import JSON
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Wiring

/// A control socket in a folder of its own, with the loops of both sides.
final class TestControl: Sendable {
    let folder: ControlFolder
    private let server: ControlServer
    private let serverLoop: EventLoop
    private let clientLoop: EventLoop

    var path: String { folder.path }

    init(commands: [any ControlCommand], in folder: ControlFolder? = nil) async throws {
        let folder = try folder ?? ControlFolder()
        let serverLoop = try EventLoop()
        try serverLoop.start(named: "control")
        let clientLoop = try EventLoop()
        try clientLoop.start(named: "client")
        server = try await Task(executorPreference: LoopExecutor(serverLoop)) {
            try ControlServer(
                at: try ControlAddress(folder.path), on: serverLoop, commands: commands,
                log: .silent)
        }.value
        (self.folder, self.serverLoop, self.clientLoop) = (folder, serverLoop, clientLoop)
    }

    /// Asks as the command line does, and returns the whole answer.
    func ask(_ command: String, _ arguments: [String: JSON] = [:]) async throws -> [ControlReply] {
        let (path, loop) = (path, clientLoop)
        return try await Task(executorPreference: LoopExecutor(loop)) {
            let client = try ControlClient(ControlRequest(command, arguments), to: path, on: loop)
            var replies: [ControlReply] = []
            while let reply = try await client.next() { replies.append(reply) }
            return replies
        }.value
    }

    /// Connects without a word.
    func connect() throws -> Int32 {
        let descriptor = try LocalSocket.connect(to: try ControlAddress(path).socket)
        _ = fcntl(descriptor, F_SETFL, 0)
        return descriptor
    }

    func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Sends some bytes and returns all that comes back until the server closes.
    func raw(_ text: String) async throws -> String {
        let descriptor = try connect()
        defer { close(descriptor) }
        return try await DedicatedThread.run(named: "raw") {
            self.write(text, to: descriptor)
            var answer: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &part, part.count)
                if count <= 0 { return String(decoding: answer, as: UTF8.self) }
                answer += part[..<count]
            }
        }
    }

    /// Closes the server, then both loops.
    func end() async {
        await server.end()
        serverLoop.stop()
        clientLoop.stop()
    }
}
