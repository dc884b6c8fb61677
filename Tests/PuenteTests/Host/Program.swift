import Foundation
import TestSupport
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
        let (status, said, complained) = try TestProcess.run(
            [try executable.path(percentEncoded: false)] + arguments,
            in: ProjectFile.top.appending(path: directory).path(percentEncoded: false))
        return Result(
            status: status, output: String(decoding: said, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self))
    }
}
