/// All commands, in the order of help.
enum CommandReference {
    /// The commands.
    static let all: [CommandDescription] =
        running + reading + trying + accounts + [
            CommandDescription(
                "certificate HOST...", summary: ["makes certificate.pem and key.pem for TLS"],
                details: ["The certificate is signed by its own key and is for all HOSTs."]),
            CommandDescription(
                "conform [--durable] -- COMMAND...",
                summary: ["tries a program for the bridge exec"],
                details: [
                    "Starts COMMAND as the bridge would and tries what the program says it can do. "
                        + "One line each, pass or fail with the reason; the status is 1 if one "
                        + "failed."
                ]),
            CommandDescription(
                "completion bash|zsh|fish", summary: ["completions for a shell"],
                details: [
                    "For bash: source <(puente completion bash). For zsh, write it into a file "
                        + "_puente in a directory of fpath. For fish, write it to "
                        + "~/.config/fish/completions/puente.fish."
                ]),
            CommandDescription("manual", summary: ["the manual page: puente manual | man -l -"]),
            CommandDescription("version", summary: ["the version"]),
            CommandDescription("help", summary: ["this text"]),
        ]

    /// The line under all commands.
    static let ending =
        "Commands that need the configuration read ./bridge.json; --config FILE names another."

    private static let running = [
        CommandDescription(
            "[run]", summary: ["runs the bus"],
            details: ["Reads the configuration and runs until SIGTERM or SIGINT."]),
        CommandDescription(
            "check [--connect]", summary: ["says what is wrong with the file, starts nothing"],
            details: [
                "With --connect each bridge also tries its other side, all at once and for 10 "
                    + "seconds at most: is the port free, is the token right, may the file be read. "
                    + "Nothing is created and nothing is sent to anybody."
            ]),
        CommandDescription(
            "reload [--plan]",
            summary: [
                "has the running bus read the file anew; with",
                "--plan only says what would change",
            ],
            details: [
                "Everything that can fail is done first, and either all changes or nothing. With "
                    + "--plan the status is 0 where nothing differs and 2 where something does."
            ]),
        CommandDescription(
            "describe [TYPE]", summary: ["bridges and middlewares, with all their options"]),
    ]

    private static let reading = [
        CommandDescription(
            "history [--room R] [--last N] [--since 2h] [--follow] [--json]",
            summary: ["what was said, the last 100 messages by default"]),
        CommandDescription(
            "search [--room R] [--last N] [--since 2h] [--json] WORDS",
            summary: ["the messages that hold all WORDS"]),
        CommandDescription("why NUMBER", summary: ["what became of one message"]),
        CommandDescription(
            "status [--json]", summary: ["how the running daemon is doing"],
            details: [
                "Exits with 0 where every bridge is ready, with 1 where one is not, and with 69 where "
                    + "no daemon answers within 5 seconds."
            ]),
        CommandDescription(
            "tap [--room R] [--bridge B] [--verdict passed|dropped|all] [--where REGEX] [--json]",
            summary: ["what passes now, and what each step decided"],
            details: [
                "Asks the running daemon, until it is interrupted. The text of a dropped message "
                    + "is as it was at that point, unless the chain masks secrets; of a private "
                    + "one only the length is shown. The bus is never slowed: what comes too fast "
                    + "is counted."
            ]),
        CommandDescription(
            "top", summary: ["what the running daemon does, each second"],
            details: [
                "Fills the terminal at standard input and output. The last line of the screen "
                    + "lists the keys: q quits, others sort. Exits with 69 where the daemon goes "
                    + "away."
            ]),
    ]

    private static let trying = [
        CommandDescription(
            "test [FILE...]", summary: ["tests of the chain, in FILEs or the configuration"],
            details: [
                "Runs the tests under \"tests\" of the configuration, or those in FILEs, each with "
                    + "chains that have judged nothing. Time passes only by \"after\". Writes "
                    + "version 14 of the Test Anything Protocol."
            ]),
        CommandDescription(
            "replay [--since 1d] [--room R] [--with FILE]",
            summary: ["what the chain would make of what was said"],
            details: [
                "Judges the stored messages once more, by the chain of the configuration or of "
                    + "another FILE, and shows what would be dropped, or changed by a step that the "
                    + "configuration does not have. Nothing is published."
            ]),
        CommandDescription(
            "format [--write]", summary: ["the configuration in one style, comments kept"],
            details: ["With --write the file itself is replaced, at once or not at all."]),
        CommandDescription(
            "schema", summary: ["the JSON Schema of the configuration, for editors"],
            details: [
                "Name the file it is written to in the configuration: \"$schema\": "
                    + "\"./puente.schema.json\"."
            ]),
    ]

    private static let accounts = [
        CommandDescription(
            "user list", "user add NAME [--role ROLE]", "user password NAME",
            "user role NAME ROLE", "user rename NAME OTHER", "user remove [--free] NAME",
            summary: [
                "accounts; ROLE is member, moderator, admin or relay,",
                "--free lets others have the name again",
            ],
            details: [
                "A password is asked for, or read from standard input; it is not an argument."
            ]),
        CommandDescription(
            "token list", "token add NAME [--room R] [--read-only]", "token remove NAME",
            summary: ["secrets of programs, each shown once"]),
        CommandDescription(
            "ban list", "ban add NAME|ADDRESS [TIME] [REASON]", "ban remove NAME|ADDRESS",
            summary: ["bans; ADDRESS may be a block"]),
    ]
}
