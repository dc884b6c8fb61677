import Foundation
import TestSupport
import Locking

/// A real `nats-server` with JetStream on a port of this machine that nobody else gets, also while it
/// does not run.
///
/// Safe from any thread.
final class NATSServer: Sendable {
    /// The directory that it keeps its streams in.
    let directory: URL
    private let state: Locked<(process: TestProcess?, port: Int)>
    private let arguments: [String]

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - arguments: what it is told beside its port and directory.
    ///   - configuration: the contents of a configuration file.
    ///   - isJetStreamOn: false for a server that keeps nothing.
    init(
        _ arguments: [String] = [], configuration: String? = nil, isJetStreamOn: Bool = true
    ) async throws {
        directory = FileManager.default.temporaryDirectory
            .appending(path: "puente-nats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        state = Locked((nil, Int(try LoopbackSocket.freePort())))
        var all = isJetStreamOn ? ["-js"] + arguments : arguments
        if let configuration {
            let file = directory.appending(path: "nats.conf")
            try Data(configuration.utf8).write(to: file)
            all += ["-c", file.path(percentEncoded: false)]
        }
        self.arguments = all
        try await start()
    }

    deinit {
        // What tests start ignores SIGTERM, as they do.
        if let process = state.withLock({ $0.process }) {
            process.signal(SIGKILL)
        }
        try? FileManager.default.removeItem(at: directory)
    }

    /// Its address.
    var address: String { "nats://127.0.0.1:\(state.withLock { $0.port })" }

    /// Starts it, always on the same port.
    func start() async throws {
        let path = directory.path(percentEncoded: false)
        let process = try TestProcess(
            [
                "/usr/bin/env", "nats-server", "-a", "127.0.0.1", "-p",
                "\(state.withLock { $0.port })",
                "-sd", "\(path)/js", "--ports_file_dir", path,
            ] + arguments,
            environment: [
                "PATH":
                    "\(ProcessInfo.processInfo.environment["PATH"] ?? ""):/usr/sbin:/usr/local/bin"
            ])
        state.withLock { $0.process = process }
        let ports = directory.appending(path: "nats-server_\(process.id).ports")
        try await pollUntil {
            guard process.isRunning else { throw CocoaError(.executableLoad) }
            guard let data = try? Data(contentsOf: ports), let port = Self.port(in: data) else {
                return false
            }
            state.withLock { $0.port = port }
            return true
        }
    }

    private static func port(in data: Data) -> Int? {
        let text = String(decoding: data, as: UTF8.self)
        guard let match = text.firstMatch(of: /127\.0\.0\.1:([0-9]+)/) else { return nil }
        return Int(match.1)
    }

    /// Kills it, as a crash would.
    func kill() {
        guard let process = state.withLock({ $0.process }) else { return }
        process.signal(SIGKILL)
        process.wait()
    }

    /// Removes what it has kept; it must not run.
    func forget() throws {
        try FileManager.default.removeItem(at: directory.appending(path: "js"))
    }
}
