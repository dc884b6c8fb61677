import JSON
import MessageBus
import Metrics
import Sockets
import TimeUnits

/// The answers of the status server.
///
/// Confined to the status server's loop, which is not the bus's.
final class StatusAnswers: @unchecked Sendable {  // made before the loop runs, and used on it only
    private let monitor: StatusMonitor
    private let loop: EventLoop
    private let site: StatusSite
    /// True if sentences that name files, addresses or people may be shown.
    private let tellsReasons: Bool
    /// The table of what is answered.
    private(set) lazy var router = makeRouter()

    /// The time that the bus has for an answer: less than Prometheus waits, 10 s.
    private static let timeout: Duration = .seconds(5)

    init(
        _ monitor: StatusMonitor, on loop: EventLoop, _ language: Language, tellsReasons: Bool
    ) {
        self.monitor = monitor
        self.loop = loop
        site = StatusSite(title: monitor.name, language)
        self.tellsReasons = tellsReasons
    }

    private func makeRouter() -> HTTPRouter {
        let router = HTTPRouter { .text($0.status, $0.reason) }
        router.add(.get, "/metrics") { [unowned self] in exposeMetrics($0) }
        router.add(.get, "/health") { [unowned self] in respondWithHealth($0) }
        router.add(.get, "/ready") { [unowned self] in respondWithReadiness($0) }
        router.add(.get, "/status.json") { [unowned self] in respondWithStatus($0) }
        router.add(.get, "/history.json") { [unowned self] exchange in
            exchange.respond(.json(.ok, monitor.history.json.encodedWithNulls))
        }
        for (path, asset) in site.assets {
            router.add(.get, "/\(path)") { $0.respond(asset.response(to: $0.head)) }
        }
        return router
    }

    // MARK: - Without the bus

    private func respondWithHealth(_ exchange: HTTPExchange) {
        let age = monitor.loopAge
        let isAlive = age <= Heartbeat.limit
        exchange.respond(
            .json(
                isAlive ? .ok : .serviceUnavailable,
                JSON.object([
                    "healthy": .bool(isAlive), "secondsSinceTurn": .real(age.inSeconds),
                ]).encoded))
    }

    private func respondWithReadiness(_ exchange: HTTPExchange) {
        let readiness = monitor.readiness
        exchange.respond(
            .json(
                readiness.isReady ? .ok : .serviceUnavailable,
                StatusReport.readiness(monitor, readiness, tellsReasons: tellsReasons).encoded))
    }

    // MARK: - With the bus

    private func exposeMetrics(_ exchange: HTTPExchange) {
        let format = ExpositionFormat(accepting: exchange.head.elements(of: "accept"))
        ask(for: exchange) { [monitor] report in
            guard let report else {
                return .text(.serviceUnavailable, "the bus hangs: there is nothing to measure")
            }
            var metrics = MetricSet()
            metrics.add(report)
            metrics.add(monitor.reload.report)
            metrics.addBuild()
            metrics.addProcess(startedAt: monitor.started)
            var response = HTTPResponse(
                .ok, contentType: format.contentType, body: metrics.exposition(as: format))
            response.fields.append(("Vary", "Accept"))
            return response
        }
    }

    private func respondWithStatus(_ exchange: HTTPExchange) {
        ask(for: exchange) { [monitor, tellsReasons] report in
            .json(
                .ok, StatusReport(monitor, report, tellsReasons: tellsReasons).json.encoded)
        }
    }

    /// Answers a request with what the bus has counted; `nil` if it does not answer in time.
    private func ask(
        for exchange: HTTPExchange, _ answer: @escaping (BusReport?) -> HTTPResponse
    ) {
        loop.assertOwned()
        let waiting = WaitingRequest(exchange, answer)
        loop.set(waiting.timer, after: Self.timeout)
        monitor.ask { [loop] report in loop.perform { waiting.finish(report) } }
    }
}

/// A request that waits for the bus.
///
/// Confined to the status server's loop, which `StatusAnswers` checks.
private final class WaitingRequest: @unchecked Sendable {  // touched on that loop only
    private var exchange: HTTPExchange?
    private let answer: (BusReport?) -> HTTPResponse
    /// Ends the wait.
    private(set) lazy var timer = LoopTimer { [weak self] in self?.finish(nil) }

    init(_ exchange: HTTPExchange, _ answer: @escaping (BusReport?) -> HTTPResponse) {
        self.exchange = exchange
        self.answer = answer
    }

    /// Answers, unless that was done.
    func finish(_ report: BusReport?) {
        guard let exchange else { return }
        self.exchange = nil
        timer.cancel()
        if !exchange.isOver { exchange.respond(answer(report)) }
    }
}
