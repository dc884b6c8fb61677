import MessageBus

/// The options at the top of the file.
struct TopLevelOptions: PluginOptions {
    @Option("The name of this instance, in its log, on the chat page and to other instances.")
    var name = EntryName("puente")

    @Option("The language of notices and answers.")
    var language = Language.es

    @Option("The rooms; the first is the default.")
    var rooms = NewRooms(names: ["general"])

    @Option("The file of messages, checkpoints, cursors, links and accounts; null: memory only.")
    var store: StoreOptions? = StoreOptions()

    @Option("open: any free name, a registered one needs its password; required: log in first.")
    var accounts = AccountRequirement.open

    @Option(
        "open: people may register themselves; closed: accounts are made by puente user add.",
        absent: "as accounts: open, or closed if required")
    var registration: AccountRegistration?

    @Option(
        "The Unix socket by which puente reload and the like reach the daemon; null: none.",
        absent: "the store's path with .control")
    var control: ControlOption

    @Option("The chain every inbound message passes, in order.")
    var middleware: [EntryObject] = []

    @Option("The ways in and out; at least one.")
    var bridges: BridgeList

    @Option("Serves metrics, health and the status page.", absent: "none")
    var status: StatusOptions?

    @Option("The daemon's own log on stderr.")
    var log = LogOptions()

    @Option("Tests of the chain, which puente test runs; the bus itself does not read them.")
    var tests = UnreadTests()

    static let synonyms = [
        "channels": "\"rooms\"", "channel": "\"rooms\"", "room": "\"rooms\"", "salas": "\"rooms\"",
        "middlewares": "\"middleware\"", "filters": "\"middleware\"", "chain": "\"middleware\"",
        "plugins": "\"bridges\"", "inputs": "\"bridges\"", "outputs": "\"bridges\"",
        "database": "\"store\": {\"path\": \"FILE\"}", "db": "\"store\": {\"path\": \"FILE\"}",
        "storage": "\"store\": {\"path\": \"FILE\"}", "lang": "\"language\"",
        "locale": "\"language\"", "logging": "\"log\"",
        "loglevel": "\"log\": {\"level\": \"LEVEL\"}",
        "level": "\"log\": {\"level\": \"LEVEL\"}", "debug": "\"log\": {\"level\": \"debug\"}",
        "history": "\"store\": {\"history\": \"90d\"}",
        "metrics": monitoring, "prometheus": monitoring, "health": monitoring,
        "monitoring": monitoring,
        "host": listen, "port": listen, "listen": listen, "address": listen, "bind": listen,
    ]

    private static let monitoring = "\"status\": {\"listen\": \"127.0.0.1:9102\"}"
    private static let listen = "\"bridges\": [{\"type\": \"tcp\", \"listen\": \"HOST:PORT\"}]"

    /// The keys whose values mean nothing to the bus, so that nothing in them is expanded.
    static let unreadKeys: Set<String> = ["tests", Configuration.schemaKey]

    /// True if people may register themselves.
    var isRegistrationOpen: Bool { registration.map { $0 == .open } ?? (accounts == .open) }

    /// Reports an impossible path, and warns of accounts that nobody can make.
    func validate(_ check: inout OptionCheck) {
        if case .path(let path) = control { check.readFile(path, at: $control) }
        if accounts == .required, store == nil, !isRegistrationOpen {
            check.warning(
                """
                nobody can log in: "puente user add" needs a store, and "registration" is closed
                """, at: $accounts)
        }
    }
}
