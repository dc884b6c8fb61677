import MessageBus
import Patterns

/// What is followed, and how: the bridge's options, ready for use.
struct TailPlan: Sendable {
    var patterns: [PathPattern]
    var excluded: [PathPattern] = []
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

    /// Whether a path is one to be followed.
    func follows(_ path: FilePath) -> Bool {
        patterns.contains { $0.matches(path) } && !excludes(path)
    }

    /// Whether a path is not to be followed, whatever it matches.
    func excludes(_ path: FilePath) -> Bool { excluded.contains { $0.excludes(path) } }

    /// Whether a name could be that of a file to be followed.
    func mayFollow(name: [UInt8]) -> Bool { patterns.contains { $0.mayMatch(name: name) } }

    /// Who says what stands in a file.
    func source(_ path: FilePath) -> LineBlock.Source {
        let file = String(decoding: path.name, as: UTF8.self)
        let name = sender.replacing("{file}", with: file)
            // Last, so that nothing in a path is filled in.
            .replacing("{path}", with: path.description)
        return LineBlock.Source(name: name, channel: path.description)
    }
}
