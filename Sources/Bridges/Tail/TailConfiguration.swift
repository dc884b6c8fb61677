import Chat
import MessageBus
import Patterns
import TimeUnits

/// The bridge's options, ready for use.
struct TailConfiguration: Sendable {
    var patterns: [PathPattern]
    var excluded: [PathPattern] = []
    /// The directories to which files are rotated out of their own.
    var rotatedTo: [PathPattern] = []
    /// True if symbolic links are followed wherever they lead.
    var followsAllLinks = false
    /// True if files that exist at the first start are read from their end.
    var startsAtEnd = true
    /// The template of the sender: `{file}` and `{path}` are replaced.
    var sender = "{file}"
    /// The largest number of bytes in a message.
    var maxMessageBytes = 64 << 10
    /// A pattern for the first line of a message; `nil` if each line is a message.
    var start: Pattern?
    /// The silence after which a message is complete.
    var settlesAfter: Duration = .seconds(1)
    /// The time that a file without a path is kept after its last change.
    var rotateWait: Duration = .seconds(5)
    /// The largest number of open files.
    var descriptors = 512
    /// Returns the daemon's own files, which are not tailed: its log, its store.
    var ownFiles: @Sendable () -> [String] = { [] }

    /// Returns true if a path is to be tailed.
    func follows(_ path: FilePath) -> Bool {
        patterns.contains { $0.matches(path) } && !excludes(path)
    }

    /// Returns true if a path is excluded, whatever pattern it matches.
    func excludes(_ path: FilePath) -> Bool { excluded.contains { $0.excludes(path) } }

    /// Returns true if a file of this name may match a pattern.
    func mayFollow(name: [UInt8]) -> Bool { patterns.contains { $0.mayMatch(name: name) } }

    /// Returns the path of the tailed file that rotation may have renamed to another path.
    func livePath(of path: FilePath) -> FilePath? {
        RotatedName.liveNames(of: Array(path.name)).lazy
            .map { path.directory.entry($0) }
            .first { follows($0) }
    }
}
