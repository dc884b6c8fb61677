import Chat
import MessageBus
import Patterns

/// What is followed, and how: the bridge's options, ready for use.
struct TailConfiguration: Sendable {
    var patterns: [PathPattern]
    var excluded: [PathPattern] = []
    /// Where generations go that leave their directory.
    var rotatedTo: [PathPattern] = []
    /// Whether symbolic links are followed wherever they lead.
    var followsAllLinks = false
    /// Where files are read from that were there when the bridge was first started.
    var startsAtEnd = true
    /// Who says the lines: `{file}` and `{path}` are filled in.
    var sender = "{file}"
    /// Bytes of a message.
    var longest = 64 << 10
    /// What the first line of a message looks like; `nil`: every line is one.
    var start: Pattern?
    /// Nanoseconds without a new line after which a message is complete.
    var settlesAfter: Int64 = 1_000_000_000
    /// Nanoseconds that a file without a name is kept after it last changed.
    var rotateWait: Int64 = 5_000_000_000
    /// Files open at the same time.
    var descriptors = 512
    /// Files of the daemon's own that may not be followed: its log, its store.
    var ownFiles: @Sendable () -> [String] = { [] }

    /// Whether a path is one to be followed.
    func follows(_ path: FilePath) -> Bool {
        patterns.contains { $0.matches(path) } && !excludes(path)
    }

    /// Whether a path is not to be followed, whatever it matches.
    func excludes(_ path: FilePath) -> Bool { excluded.contains { $0.excludes(path) } }

    /// Whether a name could be that of a file to be followed.
    func mayFollow(name: [UInt8]) -> Bool { patterns.contains { $0.mayMatch(name: name) } }

    /// The path from which rotation may have made another one, if that is followed.
    func livePath(of path: FilePath) -> FilePath? {
        RotatedName.lives(of: Array(path.name)).lazy
            .map { path.directory.entry($0) }
            .first { follows($0) }
    }
}
