/// What a factory may know when it makes a middleware or a bridge. Making does no I/O.
public struct Context: Sendable {
    /// The instance's name.
    public let name: String
    /// The language of what people read.
    public let language: Language
    /// The daemon's log.
    public let log: Log
    /// The loop of the bus, for bridges with sockets of their own.
    public let executor: any SerialExecutor
    private let files: @Sendable (String) -> any LineSink

    /// Makes a context.
    package init(
        name: String, language: Language, log: Log, executor: any SerialExecutor,
        files: @escaping @Sendable (String) -> any LineSink
    ) {
        self.name = name
        self.language = language
        self.log = log
        self.executor = executor
        self.files = files
    }

    /// A file to append lines to. It is opened when the bus starts; relative paths are relative to
    /// bridge.json.
    public func lines(to path: String) -> any LineSink { files(path) }
}

/// Takes lines without waiting: a thread of its own writes them, behind a bounded queue. Safe from
/// any thread.
public protocol LineSink: Sendable {
    /// Adds a line, without its ending. Returns false if it did not fit; the sink counts those.
    @discardableResult
    func write(_ line: String) -> Bool
}
