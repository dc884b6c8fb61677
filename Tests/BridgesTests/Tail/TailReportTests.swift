import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

@Suite(.timeLimit(.minutes(10))) struct TailReportTests {
    @Test func `files that were not read are counted, the worst first`() throws {
        let folder = try TailFolder()
        folder.append("una\n", to: "a.log")
        try folder.start()
        folder.read()
        let files = try #require(folder.files)
        var report = files.report(now: folder.now)
        #expect(report.files == 1)
        #expect(report.unreadBytes == 0)
        #expect(report.oldest == nil)
        folder.append("dos\n", to: "a.log")
        folder.append(String(repeating: "tres\n", count: 100), to: "b.log")
        folder.scan()
        report = files.report(now: .after(.seconds(5)))
        #expect(report.files == 2)
        #expect(report.unreadBytes == 504)
        #expect(report.oldest == .after(.seconds(5)))
        #expect(report.worst.map { "\($0.path)".hasSuffix("b.log") } == [true, false])
        let gauges = report.gauges(at: .after(.seconds(7)))
        #expect(gauges.values.map(\.value) == [2, 504, 2])
        #expect(gauges.laggingFiles.map(\.bytes) == [500, 4])
        folder.read()
        report = files.report(now: .after(.seconds(8)))
        #expect(report.unreadBytes == 0)
        #expect(report.oldest == nil)
        #expect(report.worst.isEmpty)
    }

    @Test func `no more than twenty files are named`() throws {
        let folder = try TailFolder()
        for number in 1...30 { folder.append("\(number)\n", to: "\(number).log") }
        try folder.start()
        let report = try #require(folder.files).report(now: folder.now)
        #expect(report.files == 30)
        #expect(report.worst.count == TailReport.maxNamed)
    }
}
