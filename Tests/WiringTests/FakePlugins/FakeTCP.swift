import MessageBus

/// Stands in for the socket bridge.
struct FakeTCP: FakeBridge {
    struct TLS: PluginOptions {
        @Option("The certificate's file.") var certificate: String
        @Option("The key's file.") var key: String
    }

    struct Options: PluginOptions {
        @Option("Where to listen.") var listen = Address.network(host: "0.0.0.0", port: 2000)
        @Option("The certificate, for TLS.") var tls: TLS?
        @Option("The longest line.", in: 16...(.mebibytes(1))) var maxLine: ByteCount = .kibibytes(
            4)
        @Option("Whether one's own lines come back.") var echo = true
        @Option("What is said first.") var greeting = "hola"

        func validate(_ check: inout OptionCheck) {
            if greeting != "hola" {
                check.problem(
                    "expected a friendly word, found \($greeting.found(greeting.quoted))",
                    at: $greeting)
            }
        }
    }

    let options: Options

    init(_ options: Options, _ context: Context) { self.options = options }
}
