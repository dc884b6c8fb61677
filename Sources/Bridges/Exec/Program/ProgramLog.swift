import Locking
import MessageBus
import Sockets

/// The lines of a program that go into the log: its standard error, its `log` messages, and the
/// beginnings of lines that are not messages.
///
/// Safe from any thread. Secrets of the program's environment are hidden, long lines are cut, and
/// lines beyond a hundred a second are only counted.
final class ProgramLog: Sendable {
    /// The most bytes of a line.
    static let maxLineBytes = 4 << 10
    /// The most lines in a second.
    static let linesPerSecond = 100
    /// The bytes of a line that are read before it is cut, so that a secret is hidden as a whole.
    private static let maxReadBytes = 64 << 10
    /// The characters shown of a line that is not a message.
    private static let shown = 80

    private struct State {
        /// The second in which lines are being counted, since 1970.
        var second: Int64 = 0
        var lines = 0
        var leftOut = 0
        var errors = LineSplitter(longest: maxReadBytes)
    }

    private let log: Log
    private let mask: SecretMask
    private let now: @Sendable () async -> Timestamp
    private let state = Locked(State())

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - secrets: the texts that must not appear in it.
    ///   - now: returns the present time.
    init(_ log: Log, hiding secrets: [String], now: @escaping @Sendable () async -> Timestamp) {
        self.log = log
        mask = SecretMask(secrets)
        self.now = now
    }

    /// Writes the lines of standard error that a number of bytes complete.
    func writeErrors(_ bytes: [UInt8]) async {
        let lines = state.withLock { state in
            var lines: [String] = []
            unsafe bytes.withUnsafeBytes { state.errors.split($0) { lines.append(text(of: $0)) } }
            return lines
        }
        await write(.info, lines)
    }

    /// Writes the last line of standard error, if it has no ending.
    func endErrors() async {
        let lines = state.withLock { state in
            var lines: [String] = []
            state.errors.flush { lines.append(text(of: $0)) }
            return lines
        }
        await write(.info, lines)
    }

    /// Writes a text from the program to the log.
    func write(_ level: Log.Level, _ text: String) async {
        await write(level, [mask.masked(text)])
    }

    /// Reports a line that is not a message, with its beginning.
    func reportStray(_ line: [UInt8], isTooLong: Bool = false) async {
        let beginning = String(decoding: line.prefix(4 * Self.shown), as: UTF8.self)
        let masked = Self.cleaned(mask.masked(beginning: beginning))
        let short = masked.count > Self.shown ? masked.prefix(Self.shown) + "…" : masked[...]
        let what = isTooLong ? "a line of more than 1 MiB" : "a line that is not a message"
        await write(.warning, ["the program wrote \(what): \(short)"])
    }

    private func text(of piece: LineSplitter.Piece) -> String {
        switch piece {
        case .line(let line, _): unsafe mask.masked(String(decoding: line, as: UTF8.self))
        case .tooLong(let beginning):
            unsafe mask.masked(beginning: String(decoding: beginning, as: UTF8.self)) + "…"
        }
    }

    /// Returns a text without control characters, which a terminal would obey.
    private static func cleaned(_ text: String) -> String {
        let bytes = unsafe Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ level: Log.Level, _ lines: [String]) async {
        if lines.isEmpty { return }
        let second = await now().milliseconds / 1_000
        let (leftOut, allowed) = state.withLock { state in
            var leftOut = 0
            if state.second != second {
                leftOut = state.leftOut
                (state.second, state.lines, state.leftOut) = (second, 0, 0)
            }
            let allowed = min(lines.count, Self.linesPerSecond - state.lines)
            state.lines += allowed
            state.leftOut += lines.count - allowed
            return (leftOut, allowed)
        }
        tellLeftOut(leftOut)
        for line in lines.prefix(allowed) {
            let text = Self.cut(Self.cleaned(line))
            if !text.isEmpty { log.write(level, text) }
        }
    }

    /// Logs how many lines are missing; called when the program ends.
    func finish() {
        let leftOut = state.withLock { state in
            defer { state.leftOut = 0 }
            return state.leftOut
        }
        tellLeftOut(leftOut)
    }

    private func tellLeftOut(_ count: Int) {
        if count > 0 {
            log.warning(
                "\(count) more lines of the program are left out: \(Self.linesPerSecond) a second"
                    + " are written")
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maxLineBytes else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: maxLineBytes)
        while end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
        return text[..<end] + "…"
    }
}
