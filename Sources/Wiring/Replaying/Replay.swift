import MessageBus
import Sockets
import Store

/// A replay of stored messages through a chain, in the order in which they came.
package struct Replay: Sendable {
    /// A message that would not be published as it is.
    package struct Finding: Sendable {
        /// The message as it stands in the store.
        package let message: Message
        /// The step that drops or changes it; `nil` if no step can be named.
        package let step: String?
        /// The location of the step in the file of the chain, `bridge.json:12:5`.
        package let place: String?
        /// The drop; `nil` if the message would pass with a changed text.
        package let drop: Drop?
        /// The text as it would be published.
        package let text: String
        /// The error of a middleware, if one threw.
        package let failure: String?
    }

    /// The counts of a whole replay.
    package struct Sum: Sendable, Equatable {
        /// Messages that were judged.
        package var judged = 0
        /// Those that would be dropped.
        package var dropped = 0
        /// Those that would be changed.
        package var changed = 0
        /// Messages that were dropped when they came, as far as that is remembered.
        package var droppedThen = 0

        /// True if everything would be published as it was.
        package var isSame: Bool { dropped == 0 && changed == 0 }
    }

    /// The messages to judge.
    package struct Selection: Sendable {
        /// The room; `nil` for all rooms.
        package var room: String?
        /// The greatest age; `nil` for everything.
        package var since: Timestamp?

        /// Selects messages.
        package init(room: String? = nil, since: Timestamp? = nil) {
            self.room = room
            self.since = since
        }
    }

    private let configuration: ChainConfiguration
    /// The labels of steps whose changes are news: those that the running file does not have.
    private let newSteps: Set<String>
    private let trial: ChainTrial
    private let senders: ReplayedSenders

    /// The most messages that are read at once, about 256 KiB of usual texts.
    private static let portion = 1_000

    /// Makes the chains of a configuration.
    ///
    /// - Parameters:
    ///   - running: the configuration whose chains the messages have passed.
    ///   - loop: the loop on which the chains judge, which has to run.
    /// - Throws: `ConfigurationReport` if a middleware can't be made.
    package init(
        _ configuration: ChainConfiguration, running: ChainConfiguration, namePolicy: NamePolicy,
        on loop: EventLoop
    ) async throws {
        self.configuration = configuration
        newSteps = configuration.steps(notIn: running)
        trial = try await ChainTrial(
            configuration, bridges: Set(configuration.bridges.map(\.name)),
            namePolicy: namePolicy, on: loop)
        senders = ReplayedSenders(fold: namePolicy.fold)
    }

    /// Judges stored messages, a portion at a time.
    ///
    /// - Parameter show: called with the messages that would be dropped or changed; returns false
    ///   to stop.
    package func run(
        _ archive: Archive, _ selection: Selection, show: ([Finding]) -> Bool
    ) async throws -> Sum {
        var last =
            try selection.since.map { time throws(StoreError) in
                try archive.number(before: time)
            } ?? 0
        var sum = Sum()
        sum.droppedThen = try archive.droppedCount(after: last, in: selection.room)
        while true {
            let messages = try archive.messages(
                after: last, in: selection.room, atMost: Self.portion)
            guard let newest = messages.last?.number else { return sum }
            last = newest
            let judged = messages.filter { !$0.header.isDeleted }
            let findings = await findings(in: judged)
            sum.judged += judged.count
            sum.dropped += findings.count { $0.drop != nil }
            sum.changed += findings.count { $0.drop == nil }
            if !findings.isEmpty, !show(findings) { return sum }
        }
    }

    /// Judges messages in one go.
    private func findings(in messages: [Message]) async -> [Finding] {
        let attachments = trial.attachments
        return await trial.bus.perform { bus in
            messages.compactMap { message in
                let outcome = bus.tryAgain(
                    senders.placed(message), by: attachments[message.sender.bridge])
                return finding(outcome, about: message)
            }
        }
    }

    private func finding(_ outcome: TrialOutcome, about message: Message) -> Finding? {
        var step = outcome.dropStep
        if outcome.drop == nil {
            step = outcome.traces.last { newSteps.contains($0.step) }?.step
            if step == nil || outcome.message.text == message.text { return nil }
        }
        let location = step.flatMap(configuration.location(ofStep:))?.position
        return Finding(
            message: message, step: step,
            place: location.map { "\(configuration.file.onOneLine):\($0.line):\($0.column)" },
            drop: outcome.drop, text: outcome.message.text,
            failure: outcome.failure.map { "\($0.error)" })
    }
}

extension ChainConfiguration {
    /// Returns the labels of the steps that another configuration lacks in the same chain; steps
    /// are matched by value, the first equal one with the first, wherever they stand.
    fileprivate func steps(notIn other: ChainConfiguration) -> Set<String> {
        var result = Self.steps(of: middleware, notIn: other.middleware)
        for bridge in bridges {
            result.formUnion(
                Self.steps(
                    of: bridge.middleware, notIn: other.bridge(bridge.name)?.middleware ?? []))
        }
        return result
    }

    private static func steps(
        of chain: [MiddlewareEntry], notIn other: [MiddlewareEntry]
    ) -> Set<String> {
        var left: [String: Int] = [:]
        for entry in other { left[entry.rendered(), default: 0] += 1 }
        var result: Set<String> = []
        for entry in chain {
            let value = entry.rendered()
            if let count = left[value], count > 0 {
                left[value] = count - 1
            } else {
                result.insert(entry.label)
            }
        }
        return result
    }
}
