import Chat
import Glibc
import MessageBus
import Sockets

/// The test kit for authors of programs for `exec`: it plays the bus's side, and checks that a
/// program keeps to the format and can do what it claims.
///
/// Safe from any thread.
package struct Conformance: Sendable {
    /// The way in which one check has ended.
    package enum Outcome: Sendable, Equatable {
        case passed
        case failed(String)
    }

    /// The times that a program has for its various tasks.
    struct Deadlines: Sendable {
        var ready = Exec.readiness
        /// The time for the answer to one message; the next one is for many answers.
        var answer = Duration.seconds(5)
        var answers = Duration.seconds(30)
        /// The time to end, after `stop` and after SIGTERM.
        var end = Duration.seconds(5)
        /// The time in which nothing must happen.
        var silence = Duration.milliseconds(300)
    }

    let command: ChildCommand
    let isDurable: Bool
    let loop: EventLoop
    let time: PauseClock
    let deadlines: Deadlines
    private let report: @Sendable (String) -> Void

    /// Makes a kit.
    ///
    /// - Parameters:
    ///   - command: the program, with a slash in it or to be found by PATH, and its arguments.
    ///   - isDurable: true to demand that it acknowledges what it gets.
    ///   - report: called with a line for each check.
    /// - Throws: `BridgeError` if there is no such program.
    package init(
        _ command: [String], isDurable: Bool, on loop: EventLoop,
        report: @escaping @Sendable (String) -> Void
    ) throws {
        try self.init(
            command, isDurable: isDurable, on: loop, time: PauseClock(LoopSleep(loop)),
            deadlines: Deadlines(), report: report)
    }

    /// Makes a kit with another time source and other deadlines.
    init(
        _ command: [String], isDurable: Bool, on loop: EventLoop, time: PauseClock,
        deadlines: Deadlines, report: @escaping @Sendable (String) -> Void
    ) throws {
        self.command = try ChildCommand(
            command, fileIn: { $0 }, environment: Self.environment, directory: ".")
        self.isDurable = isDurable
        self.loop = loop
        self.time = time
        self.deadlines = deadlines
        self.report = report
    }

    /// The environment of the kit's own process, so that the program finds what it needs.
    private static var environment: [String: String] {
        var result: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            unsafe next += 1
        }
        return result
    }

    /// Runs all checks, and returns whether all have passed.
    ///
    /// - Parameter endsAtFailure: true to leave out all checks after one that fails.
    package func run(endsAtFailure: Bool = false) async -> Bool {
        guard let can = await tryReadiness() else { return false }
        var failures = 0
        for check in checks(for: can) {
            let outcome = await perform(check)
            if outcome != .passed { failures += 1 }
            reportOutcome(of: check.name, outcome)
            if endsAtFailure, failures > 0 { break }
        }
        return failures == 0
    }

    private func checks(for can: Set<String>) -> [ConformanceCheck] {
        var checks: [ConformanceCheck] = []
        if isDurable, !can.contains("ack") {
            checks.append(
                ConformanceCheck("durable") { _ in
                    throw ConformanceFailure(
                        "it does not say that it can \"ack\", so nothing is ever done with")
                })
        }
        if can.contains("echo") {
            checks += [prompt, echo, pieces, joined]
        }
        checks += [flood(isEchoing: can.contains("echo")), junk(isEchoing: can.contains("echo"))]
        if can.contains("echo") { checks.append(lastLine) }
        checks += [endOfInput, termination]
        if can.contains("ack") {
            checks += [acknowledgements, restarts(can)]
        } else if can.contains("checkpoint") {
            checks.append(checkpoints)
        }
        return checks
    }

    private func perform(_ check: ConformanceCheck) async -> Outcome {
        do {
            try await check.body(self)
            return .passed
        } catch {
            return .failed("\(error)")
        }
    }

    private func reportOutcome(of name: String, _ outcome: Outcome) {
        switch outcome {
        case .passed: report("pass: \(name)")
        case .failed(let reason): report("fail: \(name): \(reason)")
        }
    }

    // MARK: - Programs

    /// Returns the capabilities that the program declares; `nil` if it never says that it is ready.
    private func tryReadiness() async -> Set<String>? {
        do {
            let can = try await with(StandInStore()) { $0.can }
            reportOutcome(of: "ready", .passed)
            return can
        } catch {
            reportOutcome(of: "ready", .failed("\(error)"))
            return nil
        }
    }

    /// Starts the program, waits until it is ready, and ends it after a function has returned.
    func with<Value: Sendable>(
        _ store: StandInStore, _ body: (ProgramUnderTest) async throws -> Value
    ) async throws -> Value {
        let program = ProgramUnderTest(self, store)
        do {
            try await program.start()
            let value = try await body(program)
            await program.kill()
            return value
        } catch {
            await program.kill()
            throw error
        }
    }
}
