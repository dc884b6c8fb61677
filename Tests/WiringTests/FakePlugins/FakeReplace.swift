import MessageBus

/// Stands in for a middleware with options inside options.
struct FakeReplace: FakeMiddleware {
    struct Rule: PluginOptions {
        @Option("What is looked for.") var find: String
        @Option("What takes its place.") var with: String
    }

    struct Options: PluginOptions {
        @Option("What is replaced.") var rules: [Rule] = []
    }

    init(_ options: Options) {}
}
