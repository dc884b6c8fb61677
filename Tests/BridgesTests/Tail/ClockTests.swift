import Glibc
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// Files whose times say nothing, and rotation that puts them elsewhere or calls them otherwise.
@Suite(.timeLimit(.minutes(10))) struct ClockTests {
    /// Stamps a file with a time long ago.
    private func setBack(_ name: String, in folder: TailFolder, seconds: Int) {
        var times = [timespec(tv_sec: 1_000_000 - seconds, tv_nsec: 0)]
        times.append(times[0])
        #expect(utimensat(AT_FDCWD, folder.place(name), times, 0) == 0)
    }

    @Test(arguments: [true, false])
    func `rotations are read whatever their times are`(isRestarted: Bool) throws {
        let folder = try TailFolder()
        folder.append("old 1\n", to: "app.log.1")
        folder.append("line 0\n", to: "app.log")
        try folder.start()
        folder.read()
        if isRestarted { folder.kill() }
        for number in 1...9 {
            folder.append("late \(number)\n", to: "app.log")
            setBack("app.log", in: folder, seconds: number)
            folder.rotate("app.log")
            folder.append("line \(number)\n", to: "app.log")
            setBack("app.log", in: folder, seconds: number)
        }
        if isRestarted { try folder.start() }
        for _ in 0..<5 { folder.wait(.seconds(3)) }
        #expect(
            folder.texts == ["line 0"] + (1...9).flatMap { ["late \($0)", "line \($0)"] })
        #expect(
            folder.log.sentences.contains { $0.hasSuffix("a clock was set back") })
    }

    @Test func `what was passed over is so in the next run, whatever its time`() throws {
        let folder = try TailFolder()
        for number in 1...3 { folder.append("old \(number)\n", to: "app.log.\(number)") }
        folder.append("line 0\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.rotate("app.log")
        folder.append("line 1\n", to: "app.log")
        try folder.start()
        folder.wait(.seconds(9))
        #expect(folder.texts == ["line 0", "line 1"])
    }

    @Test(arguments: [true, false])
    func `rotations that go to another directory are found there`(keepsName: Bool) throws {
        let folder = try TailFolder("app.log")
        folder.makeDirectory("old")
        folder.append("old 1\n", to: "old/app.log-20200101")
        folder.configuration.rotatedTo = [PathPattern(folder.place("old"))]
        folder.append("line 0\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.kill()
        for number in 1...3 {
            folder.append("late \(number)\n", to: "app.log")
            let name = keepsName ? "app.log.\(4 - number)" : "app.log-2026010\(number)"
            folder.rename("app.log", to: "old/\(name)")
            folder.append("line \(number)\n", to: "app.log")
        }
        try folder.start()
        for _ in 0..<3 { folder.wait(.seconds(3)) }
        #expect(
            folder.texts == ["line 0"] + (1...3).flatMap { ["late \($0)", "line \($0)"] })
    }

    @Test(arguments: [true, false])
    func `a date in the middle is known once one is confirmed`(isRestarted: Bool) throws {
        let folder = try TailFolder("app.log")
        folder.append("old\n", to: "app-20250101.log")
        folder.append("other\n", to: "app-web.log")
        folder.append("line 0\n", to: "app.log")
        try folder.start()
        folder.read()
        if isRestarted { folder.kill() }
        for number in 1...4 {
            folder.append("late \(number)\n", to: "app.log")
            folder.rename("app.log", to: "app-2026010\(number).log")
            folder.append("line \(number)\n", to: "app.log")
        }
        folder.append("other\n", to: "app-web.log")
        if isRestarted { try folder.start() }
        for _ in 0..<4 { folder.wait(.seconds(3)) }
        #expect(
            folder.texts == ["line 0"] + (1...4).flatMap { ["late \($0)", "line \($0)"] })
    }

    @Test func `names tell which is older`() {
        func isOlder(_ one: String, _ other: String) -> Bool? {
            RotatedName.isOlder(Array(one.utf8)[...], than: Array(other.utf8)[...])
        }
        #expect(isOlder("a.log.10", "a.log.9") == true)
        #expect(isOlder("a.log.2", "a.log.10") == false)
        #expect(isOlder("a.log-20250101", "a.log-20250102") == true)
        #expect(isOlder("a.log-20250101", "a.log.1") == nil)
        #expect(RotatedName(of: "app.log".utf8).markIndex(in: Array("app-20260101.log".utf8)) == 3)
        #expect(RotatedName(of: "app.log".utf8).markIndex(in: Array("app-web.log".utf8)) == nil)
        #expect(RotatedName(of: "app.log".utf8).markIndex(in: Array("app.log.1".utf8)) == nil)
    }

    @Test func `what comes and goes unseen is counted`() throws {
        let folder = try TailFolder()
        folder.append("line\n", to: "app.log")
        try folder.start()
        folder.read()
        for number in 1...40 {
            folder.rotate("app.log")
            if number > 5 { folder.remove("app.log.6") }
            folder.append("line \(number)\n", to: "app.log")
        }
        for _ in 0..<3 { folder.wait(.seconds(3)) }
        let lost = 40 - (folder.texts.count - 1)
        #expect(lost > 0)
        let told = folder.log.sentences.filter { $0.contains("came and went") }
        #expect(told.count == 1 && told.first?.hasPrefix("\(lost) files came") == true, "\(told)")
    }
}
