import Sockets

/// The screen of `puente top`, and the keys that change it.
///
/// Confined to the loop, which `TopKeys` checks.
final class TopScreen: @unchecked Sendable {  // touched on the loop only
    private let terminal: RawTerminal
    private let quitting: AsyncStream<Void>.Continuation
    private var report: TopReport
    private var earlier: TopReport?
    private var order = TopOrder.file

    /// Control-C, and control-D, as bytes.
    private static let quittingKeys: Set<UInt8> = [3, 4, UInt8(ascii: "q"), UInt8(ascii: "Q")]

    /// - Parameters:
    ///   - report: the first report.
    ///   - quitting: yields when somebody wants to quit.
    init(
        _ terminal: RawTerminal, _ report: TopReport, quitting: AsyncStream<Void>.Continuation
    ) {
        self.terminal = terminal
        self.report = report
        self.quitting = quitting
    }

    /// Shows another report, with the rates since the previous one.
    func show(_ report: TopReport) {
        earlier = self.report
        self.report = report
        draw()
    }

    /// Acts on a key; a key without a meaning does nothing.
    ///
    /// - Parameter key: the byte; `nil` if the terminal is gone.
    func press(_ key: UInt8?) {
        guard let key, !Self.quittingKeys.contains(key) else {
            quitting.yield()
            return
        }
        guard let order = TopOrder(rawValue: Character(UnicodeScalar(key))) else { return }
        self.order = order
        draw()
    }

    /// Draws the screen in the terminal's present size.
    func draw() {
        terminal.draw(
            TopTable(report, since: earlier, order: order, size: terminal.size).lines)
    }
}
