import Glibc
import MessageBus

// Checks that messages survive the death of the program or of the daemon.
extension Conformance {
    /// The number of deaths that a program goes through.
    private static let deaths = 8
    /// The number of messages that come in each life.
    private static let messagesPerLife = 40

    /// All messages are acknowledged, and nothing else is.
    var acknowledgements: ConformanceCheck {
        ConformanceCheck("ack") { kit in
            try await kit.with(StandInStore()) { program in
                let given = program.store.give(100)
                try await program.give(given)
                try await kit.expectAcknowledgement(of: given, by: program)
            }
        }
    }

    private func expectAcknowledgement(
        of given: [StandInStore.Given], by program: ProgramUnderTest
    ) async throws {
        let last = given.last?.number ?? 0
        let store = program.store
        _ = await program.wait(deadlines.answers) {
            $0.store.now.acknowledged >= last || $0.store.now.mistake != nil
        }
        if let mistake = store.now.mistake { throw ConformanceFailure(mistake) }
        if store.now.acknowledged >= last { return }
        let end = program.exit.map { "; it \($0)" } ?? ""
        throw ConformanceFailure(
            "it has acknowledged \(store.now.acknowledged) of \(last) within"
                + " \(deadlines.answers.plain)\(end)")
    }

    /// A program is killed at random moments, and so is the daemon, and nothing is lost; with
    /// `checkpoint` nothing is repeated either.
    func restarts(_ can: Set<String>) -> ConformanceCheck {
        ConformanceCheck(can.contains("checkpoint") ? "restarts and checkpoint" : "restarts") {
            kit in
            let store = StandInStore()
            for death in 0..<Self.deaths {
                _ = store.give(Self.messagesPerLife)
                try await kit.live(store, can, isDaemonKilled: death.isMultiple(of: 2))
                if let mistake = store.now.mistake { throw ConformanceFailure(mistake) }
            }
            try await kit.with(store) { program in
                let waiting = store.waiting
                try await program.give(waiting)
                try await kit.expectAcknowledgement(of: store.now.given, by: program)
            }
            if can.contains("echo") {
                try kit.checkLog(store, isExact: can.contains("checkpoint"))
            }
        }
    }

    /// One life of a program: it is given the messages that it has not acknowledged, and is killed
    /// at a random moment.
    private func live(
        _ store: StandInStore, _ can: Set<String>, isDaemonKilled: Bool
    ) async throws {
        try await with(store) { program in
            let waiting = store.waiting
            let (before, answers) = (store.now.acknowledged, store.now.said.count)
            let part = Int.random(in: 0..<max(1, waiting.count))
            try await program.give(Array(waiting[..<part]))
            let goal = part > 0 ? waiting[part / 2].number : before
            _ = await program.wait(deadlines.answer) { $0.store.now.acknowledged >= goal }
            // From here on the program's texts are kept, and its acknowledgements are lost.
            if isDaemonKilled { store.loseDaemon() }
            try? await program.give(Array(waiting[part...]))
            if isDaemonKilled, can.contains("echo") {
                let expected = max(answers, store.now.said.count) + 1
                _ = await program.wait(deadlines.silence) { $0.store.now.said.count >= expected }
            }
        }
        store.restartDaemon()
    }

    private func checkLog(_ store: StandInStore, isExact: Bool) throws {
        let answers = store.now.answers
        let lost = Set(store.now.given.map(\.number)).subtracting(answers)
        if let first = lost.min() {
            throw ConformanceFailure(
                "it was killed and started again, and \(lost.count) messages never came back:"
                    + " \(first) was the first; is it acknowledged before it is said?")
        }
        if isExact, let twice = Self.firstRepeated(answers) {
            throw ConformanceFailure(
                "it was killed and started again, and has answered message \(twice) twice although"
                    + " its checkpoint was kept with the first answer")
        }
    }

    /// A program that speaks unasked goes on from its checkpoint.
    var checkpoints: ConformanceCheck {
        ConformanceCheck("checkpoint") { kit in
            let store = StandInStore()
            for _ in 0..<3 {
                try await kit.with(store) { program in
                    try await program.give(store.give(10))
                    let count = store.now.said.count
                    _ = await program.wait(kit.deadlines.answer) {
                        $0.store.now.said.count >= count + 5
                    }
                }
                var seen: Set<[String: String]> = []
                let kept = store.now.said.map(\.checkpoint).filter { !$0.isEmpty }
                if let again = kept.first(where: { !seen.insert($0).inserted }) {
                    let state = again.map { "\($0.key) \($0.value)" }.sorted().joined(
                        separator: ", ")
                    throw ConformanceFailure(
                        "it was killed and started again, and repeats what it had said with its"
                            + " checkpoint (\(state))")
                }
            }
        }
    }
}
