/// A parser, and the laws that hold whatever it is fed.
///
/// The same inputs are run by an ordinary test (`CorpusTests`) and by a fuzzer (`.ci/fuzz`).
struct FuzzTarget: Sendable {
    /// The way in which an input is checked.
    enum Check: Sendable {
        /// By a function that only computes.
        case now(@Sendable (_ input: [UInt8]) throws -> Void)
        /// By a function that waits for other threads.
        case later(@Sendable (_ input: [UInt8]) async throws -> Void)
    }

    /// The name, which the folder with its corpus has too.
    let name: String
    /// The check, which throws `BrokenLaw`.
    let check: Check

    /// All targets: `.ci/fuzz` and the test know those that are here.
    static let all: [FuzzTarget] = [
        lines, commands, configuration, telegram, proxy, http, webSocket,
    ]

    /// Makes a target whose check only computes.
    init(_ name: String, check: @escaping @Sendable (_ input: [UInt8]) throws -> Void) {
        self.name = name
        self.check = .now(check)
    }

    /// Makes a target whose check waits.
    init(waiting name: String, check: @escaping @Sendable (_ input: [UInt8]) async throws -> Void) {
        self.name = name
        self.check = .later(check)
    }
}
