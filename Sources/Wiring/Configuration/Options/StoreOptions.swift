import MessageBus

/// The options of the store.
package struct StoreOptions: PluginOptions {
    /// Path of the SQLite file, relative to the configuration's directory.
    @Option("The SQLite file.")
    package var path = "puente.sqlite"

    /// Time that messages are kept.
    @Option("The time that messages are kept; \"0s\": until every durable bridge has them.")
    package var history = Duration.seconds(90 * 86_400)

    /// Bytes that may wait in memory to be stored.
    @Option(
        """
        The bytes that may wait in memory to be stored; beyond that sources are read more slowly, \
        and while the disk fails, new messages are not kept.
        """, in: .mebibytes(1)...(.gibibytes(4)))
    package var backlog = ByteCount.mebibytes(64)

    /// Makes the options with their defaults.
    package init() {}

    /// Names that other programs have for these.
    package static let synonyms = [
        "file": "\"path\"", "filename": "\"path\"", "database": "\"path\"", "db": "\"path\"",
        "url": "\"path\"", "keep": "\"history\"", "retention": "\"history\"",
        "maxage": "\"history\"",
        "days": "\"history\"",
    ]

    /// Reports an impossible path, and a history that ends before anybody has read it.
    package func validate(_ check: inout OptionCheck) {
        if path == ":memory:" {
            check.problem(
                "expected the path of a file, found \($path.found(path.quoted)); did you mean \"store\": null?",
                at: $path)
            return
        }
        check.file(path, at: $path)
        let hour = Duration.seconds(3_600)
        if history > .zero, history < hour || history.components.seconds % 3_600 != 0 {
            check.warning(
                """
                messages are forgotten after \(history.plain): m are minutes, "90d" are 90 days, and \
                "0s" keeps them until every durable bridge has them
                """, at: $history)
        }
    }
}
