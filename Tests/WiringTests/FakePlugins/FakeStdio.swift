import MessageBus

/// Stands in for a bridge that can't be made.
struct FakeStdio: FakeBridge {
    struct Options: PluginOptions {
        @Option("Who speaks.") var sender: String?
    }

    struct Failure: Error, CustomStringConvertible { let description = "stdin is closed" }

    init(_ options: Options) throws {
        if options.sender == "nobody" { throw Failure() }
    }
}
