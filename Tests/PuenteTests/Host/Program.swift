import Foundation
import Testing

/// The built program, run as a user runs it.
enum Program {
    /// Path of the built program, beside the tests.
    static var executable: URL { get throws { try executable(named: "puente") } }

    /// Returns the path of a built program.
    static func executable(named name: String) throws -> URL {
        let tests = URL(filePath: CommandLine.arguments[0])
        let candidates = [tests, Bundle.main.bundleURL, Bundle.main.executableURL ?? tests]
            .flatMap { [$0, $0.deletingLastPathComponent()] }
            .map { $0.appending(path: name) }
        return try #require(
            candidates.first {
                FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false))
            }, "no program beside \(tests.path(percentEncoded: false))")
    }

    /// The result of a run.
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs it to its end, which must come by itself.
    static func run(_ arguments: [String], in directory: String = ".") throws -> Result {
        let process = Process()
        process.executableURL = try executable
        process.arguments = arguments
        process.currentDirectoryURL = ProjectFile.top.appending(path: directory)
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // stderr fits into a pipe here, so reading one after the other does not block.
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self))
    }
}
