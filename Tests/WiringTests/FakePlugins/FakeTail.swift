import MessageBus

/// Stands in for a bridge with options that must be given.
struct FakeTail: FakeBridge {
    struct Options: PluginOptions {
        @Option("The files.") var paths: [Glob]
        @Option("What is left out.") var exclude: [Glob] = []
    }

    init(_ options: Options) {}
}
