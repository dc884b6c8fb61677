/// What a factory may know when it makes a middleware or a bridge.
///
/// Making does no I/O.
public struct Context: Sendable {
    /// The instance's name.
    public let name: String
    /// The language of what people read.
    public let language: Language
    /// The daemon's log.
    public let log: Log
    /// The loop of the bus, for bridges with sockets of their own.
    public let executor: any SerialExecutor
    /// The directory of bridge.json, which relative paths are relative to.
    package let directory: String
    /// What bridge.json calls the bridge that is made; `nil` for a middleware.
    package private(set) var bridge: String?
    /// Files that the daemon writes: no bridge should read them as if they were somebody else's.
    package var ownFiles: @Sendable () -> [String] = { [] }
    /// The accounts, bans and mutes.
    package var accounts: any AccountDirectory = NoAccounts()
    private let files: @Sendable (String) -> any LineSink

    /// Makes a context.
    package init(
        name: String, language: Language, log: Log, executor: any SerialExecutor,
        directory: String = ".",
        files: @escaping @Sendable (String) -> any LineSink
    ) {
        self.name = name
        self.language = language
        self.log = log
        self.executor = executor
        self.directory = directory
        self.files = files
    }

    /// The same context with the log of a bridge.
    package func named(_ bridge: String) -> Context {
        var context = Context(
            name: name, language: language, log: log.named(bridge), executor: executor,
            directory: directory, files: files)
        context.bridge = bridge
        context.ownFiles = ownFiles
        context.accounts = accounts
        return context
    }

    /// A path as it is from here, where one that is relative in bridge.json is relative to it.
    public func path(_ path: String) -> String {
        path.hasPrefix("/") || directory == "." ? path : "\(directory)/\(path)"
    }

    /// A file to append lines to.
    ///
    /// It is opened when the bus starts; relative paths are relative to bridge.json.
    public func lines(to path: String) -> any LineSink { files(self.path(path)) }
}
