import Foundation

/// A file of the project, as tests read it.
struct ProjectFile: Sendable {
    /// From the project's top: `Sources/MessageBus/Log.swift`.
    let path: String
    let text: String

    /// The directory that Package.swift is in.
    static let top = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Reads a file, which must be there.
    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOf: Self.top.appending(path: path), encoding: .utf8)
    }

    /// Makes up a file.
    init(_ path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// All files below some directories that have one of the endings.
    static func all(in directories: [String], endings: [String]) throws -> [ProjectFile] {
        try directories.flatMap { directory in
            try FileManager.default.subpathsOfDirectory(
                atPath: top.appending(path: directory).path(percentEncoded: false)
            )
            .filter { path in endings.contains { path.hasSuffix($0) } }
            .sorted()
            .map { try ProjectFile("\(directory)/\($0)") }
        }
    }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The folder of the target that a Swift file belongs to: `MessageBus`, `Bridges/TCP`,
    /// `Plugins`.
    var target: String {
        let parts = path.split(separator: "/")
        guard parts.first == "Sources", parts.count > 1 else { return String(parts[0]) }
        return parts[1] == "Bridges" && parts.count > 3 ? "Bridges/\(parts[2])" : String(parts[1])
    }
}
