import Patterns
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// The work that time makes due.
@Suite struct DeadlineTests {
    private let start = MonotonicTime.after(.seconds(1))
    private var configuration = TailConfiguration(patterns: [])

    init() {
        configuration.rotateWait = .seconds(5)
        configuration.settlesAfter = .seconds(2)
    }

    @Test func `a live file that was read needs nothing`() {
        let file = TailedFile.file()
        #expect(file.end(configuration, now: start) == .open)
        file.isDirty = false
        #expect(file.end(configuration, now: start + .seconds(99)) == nil)
        #expect(file.deadline(configuration) == nil)
    }

    @Test func `a lost file ends when it has been quiet`() {
        let file = TailedFile.file(discovery: .rotated(FilePath("/a.log.1")))
        #expect(file.deadline(configuration) == start + .seconds(5))
        #expect(file.end(configuration, now: start + .seconds(5)) == .open)
        file.isDirty = false
        #expect(file.end(configuration, now: start + .seconds(4)) == nil)
        #expect(file.end(configuration, now: start + .seconds(5)) == .final)
        file.updateStatus(.file(7, size: 11, modified: 4), now: start + .seconds(4))
        file.isDirty = false
        #expect(file.end(configuration, now: start + .seconds(8)) == nil)
        #expect(file.deadline(configuration) == start + .seconds(9))
        file.regain()
        #expect(file.deadline(configuration) == nil)
    }

    @Test func `lines that wait for more are a message after a pause`() throws {
        var configuration = configuration
        configuration.start = try Pattern("^x")
        let file = TailedFile.file()
        #expect(file.end(configuration, now: start + .seconds(1)) == .open)
        #expect(file.end(configuration, now: start + .seconds(2)) == .settled)
        file.isDirty = false
        #expect(file.end(configuration, now: start + .seconds(2)) == nil)
        file.reading.hasPending = true
        #expect(file.deadline(configuration) == start + .seconds(2))
        #expect(file.end(configuration, now: start + .seconds(1)) == nil)
        #expect(file.end(configuration, now: start + .seconds(2)) == .settled)
    }

    @Test func `a late writer does not hold up the newer files for ever`() throws {
        var configuration = configuration
        configuration.start = try Pattern("^x")
        let file = TailedFile.file(discovery: .rotated(FilePath("/a.log.1")))
        let late = start + .seconds(5)
        file.updateStatus(.file(7, size: 11, modified: 4), now: late)
        #expect(file.end(configuration, now: late) == .settled)
        file.regain()
        #expect(file.end(configuration, now: late) == .open)
    }
}
