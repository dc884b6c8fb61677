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

/// A folder with the path of a control socket in it.
final class ControlFolder: Sendable {
    let path: String
    private let url: URL

    init(named name: String = "p") throws {
        url = URL.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.appending(path: "puente.sqlite.control").path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Leaves the file of a socket that nobody listens on.
    func leaveSocket() throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        close(descriptor)
    }
}

/// Says what it is given.
struct EchoCommand: ControlCommand {
    var name: String { "echo" }

    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        let word = request.arguments["word"].string ?? ""
        answer.sendLine(word)
        answer.sendProblem(word)
        answer.send(.object(["n": .integer(1)]))
        return .differs
    }
}

/// Says as much as it can without waiting for its client, on a loop that sends nothing meanwhile.
struct FloodCommand: ControlCommand {
    static let line = String(repeating: "x", count: 1_000)

    var name: String { "flood" }

    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        var sent: Int64 = 0
        while answer.sendLine(Self.line) { sent += 1 }
        // Room for one more line is there once the first part was sent.
        await pollUntil { answer.send(.object(["sent": .integer(sent)])) }
        return .success
    }
}

/// Waits until it is cancelled.
final class WaitingCommand: ControlCommand {
    let hasBegun = BroadcastSignal()
    let hasEnded = BroadcastSignal()

    var name: String { "wait" }

    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        hasBegun.send()
        await BroadcastSignal().wait(since: 0)
        hasEnded.send()
        return .success
    }
}
