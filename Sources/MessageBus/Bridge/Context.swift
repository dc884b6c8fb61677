/// The daemon's facts and services for a factory that makes a middleware or a bridge.
///
/// Making does no I/O.
public struct Context: Sendable {
    /// The instance's name.
    public let name: String
    /// The language that people are addressed in.
    public let language: Language
    /// The daemon's log.
    public let log: Log
    /// The loop of the bus, for bridges with sockets of their own.
    public let executor: any SerialExecutor
    /// The directory of bridge.json, against which relative paths are resolved.
    package let directory: String
    /// The name in bridge.json of the bridge that is made; `nil` for a middleware.
    package private(set) var bridge: String?
    /// The direction of messages in the bridge that is made.
    public package(set) var direction = Direction.both
    /// True if messages, checkpoints and cursors outlive the process.
    package var hasStore = true
    /// Returns the name of the store, as its file has it; `nil` if it has none yet, or can't be
    /// read.
    ///
    /// Reads the file: for checks beside a daemon. A bridge that runs asks its port.
    package var storeID: @Sendable () -> String? = { nil }
    /// The names of all rooms, the default one first.
    package var rooms: [String] = []
    /// Returns the files that the daemon writes: no bridge should read them as if others wrote
    /// them.
    package var ownFiles: @Sendable () -> [String] = { [] }
    /// The accounts, bans and mutes.
    package var accounts: any AccountDirectory = NoAccounts()
    private var files: @Sendable (String) -> any LineSink

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

    /// Returns the same context with the log of a bridge.
    package func named(_ bridge: String) -> Context {
        var context = Context(
            name: name, language: language, log: log.named(bridge), executor: executor,
            directory: directory, files: files)
        context.bridge = bridge
        context.direction = direction
        context.hasStore = hasStore
        context.storeID = storeID
        context.rooms = rooms
        context.ownFiles = ownFiles
        context.accounts = accounts
        return context
    }

    /// Returns the same context with other files to append to.
    package func with(files: @escaping @Sendable (String) -> any LineSink) -> Context {
        var context = self
        context.files = files
        return context
    }

    /// Returns a path that can be opened, from one that may be relative to bridge.json.
    public func path(_ path: String) -> String {
        path.hasPrefix("/") || directory == "." ? path : "\(directory)/\(path)"
    }

    /// Returns a sink that appends lines to a file.
    ///
    /// The file is opened when the bus starts; relative paths are relative to bridge.json.
    public func lines(to path: String) -> any LineSink { files(self.path(path)) }
}
