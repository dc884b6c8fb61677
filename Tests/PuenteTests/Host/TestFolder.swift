import Foundation

/// A directory of its own for a test, with a bridge.json in it.
///
/// Removed at the end of the test.
final class TestFolder: Sendable {
    /// The path.
    let url: URL

    /// Makes a folder.
    init() throws {
        url = URL.temporaryDirectory.appending(path: "puente-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Makes a folder with a bridge.json.
    ///
    /// - Parameters:
    ///   - bridges: entries of `bridges`.
    ///   - store: the value of `store`.
    ///   - more: further lines of the top level, each with its comma.
    convenience init(bridges: String..., store: String = "null", more: String = "") throws {
        try self.init()
        try write(
            """
            { "language": "en", "store": \(store), \(more)
              "bridges": [\(bridges.joined(separator: ", "))] }
            """)
    }

    /// A tcp bridge on a port of the system's choice.
    static let chat = #"{ "type": "tcp", "name": "chat", "listen": "127.0.0.1:0", "greeting": "" }"#

    /// Writes a file.
    func write(_ text: String, to name: String = "bridge.json") throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    /// Returns the path of a file.
    func path(of name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

    /// Returns the contents of a file, or `nil` if it isn't there.
    func text(of name: String) -> String? {
        try? String(contentsOf: url.appending(path: name), encoding: .utf8)
    }

    /// Starts the daemon here.
    func start(
        _ arguments: String..., environment: [String: String] = [:],
        streams: RunningProgram.Stream = .test
    ) throws -> RunningProgram {
        try RunningProgram(
            arguments.isEmpty ? ["run"] : arguments, in: url, environment: environment,
            streams: streams, keeping: self)
    }

    /// Runs the program here to its end.
    func result(
        _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: [String], errors: [String]) {
        let program = try RunningProgram(arguments, in: url, environment: environment)
        program.endInput()
        return try await program.result()
    }
}
