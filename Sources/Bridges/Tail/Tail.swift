import Chat
import MessageBus
import Patterns
import Sockets

/// The tail bridge: publishes every line that is written to files, exactly once.
package struct Tail: SiblingBridge {
    /// The position from which files that exist at the first start are read.
    package enum Beginning: String, Sendable, CaseIterable, OptionValue {
        case end, start
    }

    /// The symbolic links that are followed.
    package enum Links: String, Sendable, CaseIterable, OptionValue {
        case files, links
    }

    /// Options for joining lines to messages.
    package struct Multiline: PluginOptions {
        @Option("Matches the first line of a message; the lines after it are joined to it.")
        package var start = Self.unindented
        @Option("The silence after which a message is complete.", in: .milliseconds(1)...)
        package var timeout = Duration.seconds(1)

        /// Makes the defaults.
        package init() {}

        /// Names that other programs have for these.
        package static let synonyms = [
            "pattern": "\"start\"", "regex": "\"start\"", "first": "\"start\"",
            "begin": "\"start\"",
            "wait": "\"timeout\"", "flush": "\"timeout\"",
        ]

        /// Lines that are neither indented nor continuations of a stack trace.
        private static let unindented = "^(?!\\s|Caused by:|Suppressed:|\\.\\.\\. \\d)"

        /// Reports a pattern that does not compile.
        package func validate(_ check: inout OptionCheck) {
            do throws(PatternError) {
                _ = try Pattern(start)
            } catch {
                check.problem(
                    "expected a regular expression, found \($start.found(start.quoted)): \(error)",
                    at: $start)
                return
            }
            guard let mistake = PatternMistake(in: start) else { return }
            let quoted = start.shortened(to: 60).quoted
            let found = $start.found(quoted)
            let sentence = "\(found)\(mistake.ending(isShown: found == quoted))"
            if mistake.isWarning {
                check.warning("found \(sentence)", at: $start)
            } else {
                check.problem("expected a regular expression, found \(sentence)", at: $start)
            }
        }
    }

    /// The options in bridge.json.
    package struct Options: PluginOptions {
        @Option("The files to follow; * ? [a-z] {a,b} and ** are as in a shell.")
        package var paths: [PathPattern]
        @Option("Files not to follow; a name without a slash applies in every directory.")
        package var exclude: [PathPattern] = []
        @Option(
            "The place to begin in files that exist at the first start; later ones are read whole.")
        package var from = Beginning.end
        @Option(
            """
            The name of the lines' sender; {file} is the file's name, {path} its whole path, \
            shortened at the front.
            """)
        package var sender = "{file}"
        @Option(
            "The longest message in bytes; the rest of a line is left out.",
            in: 64...ByteCount.kibibytes(256))
        package var maxLine = ByteCount.kibibytes(64)
        @Option("Joins lines to messages; by default each is one.")
        package var multiline: Multiline?
        @Option(
            "The silence after which a file that has lost its name is closed.",
            in: .milliseconds(1)...)
        package var rotateWait = Duration.seconds(5)
        @Option("The directories, or files in them, that rotated files are moved to.")
        package var rotatedTo: [RotationTarget] = []
        @Option(
            "The symbolic links to follow: files (those into directories of paths) or links (all).")
        package var follow = Links.files

        /// Makes the defaults.
        package init() {}

        /// Reports paths that can't be tailed, and senders that can't be names.
        package func validate(_ check: inout OptionCheck) {
            if paths.isEmpty { check.problem("expected at least one path", at: $paths) }
            // The values that replace these are turned into names.
            let name = sender.replacing("{file}", with: "f").replacing("{path}", with: "p")
            check.name(name, shown: sender, at: $sender)
            check.placeholders(in: sender, known: ["file", "path"], at: $sender)
            if let (way, location) = check.direction, way == .out {
                check.problem(
                    "expected \"in\" or \"both\", found \"out\": tail only reads", at: location)
            }
            checkPaths(&check)
        }
    }

    let configuration: TailConfiguration
    private let beginning: Beginning
    private let clock: any TimeSource
    private let hearsEvents: Bool
    private let siblings: TailSiblings
    private let member: TailSiblings.Member?

    /// Creates the bridge from its options.
    package init(_ options: Options, _ context: Context) throws {
        try self.init(options, context, clock: SystemClock())
    }

    /// Creates a bridge with a given clock, optionally without inotify.
    init(
        _ options: Options, _ context: Context, clock: any TimeSource, hearsEvents: Bool = true,
        siblings: TailSiblings = TailSiblings()
    ) throws {
        configuration = try TailConfiguration(options, context)
        self.siblings = siblings
        member = context.bridge.map { [configuration] in
            siblings.register(configuration, named: $0)
        }
        beginning = options.from
        self.clock = clock
        self.hearsEvents = hearsEvents
    }

    /// Tails files until the bus stops.
    package func run(_ port: Port) async throws {
        if port.direction == .out {
            throw BridgeError("tail only brings messages in: \"direction\" can't be \"out\"")
        }
        if !port.keepsCheckpoints {
            port.log.info(
                "what has been read is not kept (\"store\": null): "
                    + "a restart begins again at the \(beginning.rawValue) of each file")
        }
        var configuration = configuration
        // Half of the descriptors are left to the other bridges.
        configuration.descriptors = max(16, min(Descriptors.limit / 2, 16_384))
        let member = member ?? siblings.register(configuration, named: port.name)
        member.begin()
        // After a failure the bridge is run again, and its files are still its own.
        defer { if port.attachment.isToEnd { member.end() } }
        let kept = try await siblings.kept(for: port, configuration)
        let thread = try TailThread(
            configuration, kept: kept, hearsEvents: hearsEvents, clock: clock, port.log)
        await port.expose { thread.gauges }
        await port.openIntake()
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    if let error = try await DedicatedThread.run(named: "tail", { thread.run() }) {
                        throw error
                    }
                }
                group.addTask {
                    await port.stopping()
                    thread.batches.end()
                }
                // The thread has to end in any case.
                defer { thread.batches.end() }
                try await publish(thread.batches, port)
                group.cancelAll()
                try await group.waitForAll()
            }
        } onCancel: {
            thread.batches.end()
        }
        await port.closeIntake()
    }

    private func publish(_ batches: BoundedQueue<TailBatch>, _ port: Port) async throws {
        var isReady = false
        while true {
            let next = await batches.next()
            if next.isEmpty { return }
            // Later checkpoints of a file replace earlier ones.
            let checkpoints = next.reduce(into: [:]) { $0.merge($1.checkpoints) { $1 } }
            do {
                _ = try await port.publish(
                    next.flatMap { $0.dequeueBlocks() },
                    checkpoints: checkpoints.map { Checkpoint(key: $0, state: $1) })
            } catch PortError.stopped {
                // Lines that were not published are read again by the next run.
                return
            }
            if !isReady {
                await port.ready()
                isReady = true
            }
        }
    }
}

extension TailConfiguration {
    /// Creates the configuration from options; relative paths are relative to bridge.json.
    init(_ options: Tail.Options, _ context: Context) throws {
        func placed(_ pattern: PathPattern) -> [PathPattern] {
            PathPattern(pattern.text, in: context.path).expanded
        }
        self.init(
            patterns: options.paths.flatMap(placed),
            excluded: options.exclude.flatMap { pattern in
                pattern.expanded.flatMap { $0.steps.count == 1 ? [$0] : placed($0) }
            })
        rotatedTo = options.rotatedTo.map(\.pattern).flatMap(placed)
        followsAllLinks = options.follow == .links
        ownFiles = context.ownFiles
        startsAtEnd = options.from == .end
        sender = options.sender
        maxMessageBytes = options.maxLine.bytes
        if let multiline = options.multiline {
            start = try Pattern(multiline.start)
            settlesAfter = multiline.timeout
        }
        rotateWait = options.rotateWait
    }
}

extension Registry {
    /// Registers `tail`.
    package mutating func registerTail() {
        let siblings = TailSiblings()
        bridge("tail", about: "Follows files: every line comes in, exactly once.") {
            try Tail($0, $1, clock: SystemClock(), siblings: siblings)
        }
    }
}
