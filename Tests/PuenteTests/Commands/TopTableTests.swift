import JSON
import Testing

@testable import puente

/// The screen of `puente top`.
@Suite struct TopTableTests {
    private typealias Bridge = TopReport.Bridge
    private typealias Room = TopReport.Room

    private let before = TopReport(
        moment: 10, title: "casa 0.1.0",
        bridges: [
            Bridge(name: "chat", state: "ready", passed: 100, deliveries: 50),
            Bridge(name: "logs", state: "ready", passed: 7),
        ], rooms: [Room(name: "general", people: 2, events: 5), Room(name: "ops", events: 1)])
    private let after = TopReport(
        moment: 12, title: "casa 0.1.0", memory: 24_641_536, medianDelay: 0.000_2,
        slowestDelay: 0.012, store: "ok", storeBacklog: 2_048,
        bridges: [
            Bridge(
                name: "chat", state: "ready", passed: 103, dropped: 1, deliveries: 3_050,
                waiting: 12, oldestWaiting: 3.25, connections: 4),
            Bridge(name: "logs", state: "degraded", reason: "it can't be read", passed: 57),
            Bridge(name: "new", state: "starting"),
        ], rooms: [Room(name: "general", people: 3, events: 8), Room(name: "ops", events: 51)])

    private func texts(
        _ report: TopReport, since earlier: TopReport?, order: TopOrder = .file, _ columns: Int,
        _ rows: Int
    ) -> [String] {
        let size = TopSize(columns: columns, rows: rows)
        return TopTable(report, since: earlier, order: order, size: size).lines.map(\.text)
    }

    @Test func `eighty columns hold all figures, and the keys`() {
        #expect(
            texts(after, since: before, 80, 14) == [
                "casa 0.1.0: ready   memory 23.5 MiB   delay 200 µs, slowest 12 ms",
                "store ok, 2.0 KiB to be stored   logs: it can't be read",
                "",
                "BRIDGE                   STATE        IN/S   OUT/S  DROP/S WAITING     AGE  CONN",
                "chat                     ready         1.5    1500     0.5      12   3.3 s     4",
                "logs                     degraded     25.0     0.0     0.0       0       -     -",
                "new                      starting        -       -       -       0       -     -",
                "",
                "ROOM                                  IN/S  PEOPLE",
                "general                                1.5       3",
                "ops                                   25.0       0",
                "", "",
                "q quits   sort by: [f file]  n name  i in  o out  d dropped  w waiting  a age",
            ])
    }

    @Test func `two hundred columns hold reasons too`() {
        let name = String(repeating: " ", count: 36)
        #expect(
            texts(after, since: before, 200, 50)[5]
                == "logs\(name) degraded     25.0     0.0     0.0       0       -     -  it can't be read"
        )
    }

    @Test(arguments: [
        (TopOrder.file, ["chat", "logs", "new"]), (.name, ["chat", "logs", "new"]),
        (.incoming, ["logs", "chat", "new"]), (.outgoing, ["chat", "logs", "new"]),
        (.waiting, ["chat", "logs", "new"]), (.age, ["chat", "logs", "new"]),
    ])
    func `rows are sorted by a figure, the largest first`(order: TopOrder, names: [String]) {
        let lines = texts(after, since: before, order: order, 80, 24)
        #expect(lines[4...6].map { String($0.prefix { $0 != " " }) } == names)
    }

    @Test func `without an earlier report, or after another start, no rate is known`() {
        #expect(texts(after, since: nil, 80, 24)[4].contains(" - "))
        #expect(texts(before, since: after, 80, 24)[4].contains(" - "))
    }

    @Test func `a screen has as many lines as the terminal, and none is longer`() {
        var report = after
        report.bridges = (1...60).map { Bridge(name: "bridge\($0)", state: "ready") }
        report.rooms = (1...60).map { Room(name: "room\($0)") }
        for (columns, rows) in [(80, 24), (200, 50), (20, 5), (1, 1), (40, 9)] {
            let lines = texts(report, since: before, columns, rows)
            #expect(lines.count == rows)
            #expect(lines.allSatisfy { $0.count <= columns })
        }
        #expect(texts(report, since: before, 80, 24).contains("… 49 more"))
    }

    @Test func `what could upset a terminal is escaped`() {
        var report = after
        report.bridges[0].reason = "\u{1B}[2J"
        #expect(!texts(report, since: before, 200, 24).joined().contains("\u{1B}"))
    }

    @Test func `a bus that does not answer is told in place of figures`() {
        var report = after
        report.hasFigures = false
        let lines = texts(report, since: before, 80, 24)
        #expect(lines.contains("the bus does not answer: there are no figures"))
    }
}

extension TopTableTests {
    @Test(arguments: [
        (#"{}"#, nil), (#"{"reload":{"successful":true}}"#, nil),
        (#"{"reload":{"successful":false,"reason":"no \"rooms\""}}"#, #"no "rooms""#),
    ])
    func `only a reload that was refused is shown as one`(json: String, refusal: String?) throws {
        let status = try #require(JSONReader.read(Array(json.utf8)))
        #expect(TopReport(status, at: 0).refusal == refusal)
    }

    @Test func `without a terminal the screen is a sentence and 64`() async throws {
        let program = try RunningProgram(["top"])
        program.endInput()
        let (status, output, errors) = try await program.result()
        #expect(status == 64)
        #expect(output == [])
        #expect(
            errors == [
                "puente: top needs a terminal at standard input and at standard output; "
                    + "\"puente status --json\" tells programs the same"
            ])
    }
}
