import Foundation
import TestSupport
import Testing

/// Sources that are compiled as somebody outside the package would compile them: of `MessageBus`
/// and `Sockets` they see only the public interface.
struct OutsideModule {
    /// The project's top.
    static let top = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private let folder: URL

    /// Makes a module without sources.
    init() throws {
        folder = URL.temporaryDirectory.appending(path: "puente-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Deletes the sources.
    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Adds a source file.
    func add(_ name: String, _ text: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    /// Returns the compiler's messages about the sources.
    ///
    /// - Parameter other: a module that they import, emitted before.
    func compile(with other: OutsideModule? = nil) async throws -> String {
        let imports = other.map { ["-I", $0.folder.path()] } ?? []
        return try await run(["-typecheck", "-module-name", "Outside"] + imports)
    }

    /// Emits a module that belongs to the package, for others to import, and returns the compiler's
    /// messages.
    func emit(_ name: String) async throws -> String {
        // As the package manager calls the package: by its folder.
        let package = Self.top.standardizedFileURL.lastPathComponent.lowercased()
        let path = folder.appending(path: "\(name).swiftmodule").path()
        return try await run(
            ["-emit-module", "-module-name", name, "-package-name", package]
                + ["-emit-module-path", path])
    }

    private func run(_ arguments: [String]) async throws -> String {
        let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let modules = try #require(
            [tests, Bundle.main.bundleURL, tests.deletingLastPathComponent()]
                .map { $0.appending(path: "Modules") }
                .first { FileManager.default.fileExists(atPath: $0.path()) })
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            .filter { $0.hasSuffix(".swift") }
        let log = folder.appending(path: "log")
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        let process = try TestProcess(
            ["/usr/bin/env", "swiftc", "-swift-version", "6"] + arguments
                + ["-I", modules.path()] + (try Self.moduleMaps())
                + files.map { folder.appending(path: $0).path() },
            streams: [nil, output.fileDescriptor, output.fileDescriptor])
        let status = try await process.exitStatus()
        let said = try String(contentsOf: log, encoding: .utf8)
        return said + (status == 0 ? "" : "status \(status)")
    }

    /// The arguments by which the compiler finds the C libraries that `Sockets` imports.
    private static func moduleMaps() throws -> [String] {
        let sources = top.appending(path: "Sources")
        return try FileManager.default.contentsOfDirectory(atPath: sources.path())
            .map { sources.appending(path: "\($0)/module.modulemap").path() }
            .filter { FileManager.default.fileExists(atPath: $0) }
            .flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
    }
}
