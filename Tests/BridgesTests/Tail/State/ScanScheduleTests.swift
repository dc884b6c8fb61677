import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

@Suite struct ScanScheduleTests {
    private let path = FilePath("/a.log")
    private let start = MonotonicTime.after(.seconds(100))

    /// A schedule after the first full scan.
    private func scanned(isPolling: Bool = false, cost: Duration = .zero) -> ScanSchedule {
        var schedule = ScanSchedule(isPolling: isPolling)
        _ = schedule.beginScan(ChangedNames(), now: start)
        schedule.endFullScan(ScanSchedule.Work(time: start, cost: cost))
        schedule.endScan(ScanSchedule.Work(time: start, cost: cost))
        return schedule
    }

    private func changed(isNew: Bool) -> ChangedNames {
        var changed = ChangedNames()
        changed.insert(path, isNew: isNew)
        return changed
    }

    @Test func `the first scan is a full one, at once`() {
        var schedule = ScanSchedule(isPolling: false)
        #expect(schedule.isFirstScan)
        #expect(schedule.nextScan(ChangedNames()) == .distantPast)
        #expect(schedule.beginScan(changed(isNew: true), now: start) == true)
        #expect(!schedule.needsFullScan)
        #expect(!scanned().isFirstScan)
    }

    @Test(arguments: [
        (false, 0, 2_000), (false, 20, 4_000), (false, 5_000, 60_000),
        (true, 0, 200), (true, 2, 400), (true, 5_000, 1_000),
    ])
    func `idle scans take a two-hundredth of the time`(isPolling: Bool, cost: Int, pause: Int) {
        let schedule = scanned(isPolling: isPolling, cost: .milliseconds(cost))
        #expect(schedule.nextScan(ChangedNames()) == start + .milliseconds(pause))
    }

    @Test(arguments: [(false, 20, 400), (false, 5_000, 10_000), (true, 5_000, 1_000)])
    func `those that an event asks for take a twentieth`(isPolling: Bool, cost: Int, pause: Int) {
        var schedule = scanned(isPolling: isPolling, cost: .milliseconds(cost))
        schedule.requireFullScan()
        #expect(schedule.nextScan(ChangedNames()) == start + .milliseconds(pause))
        #expect(schedule.beginScan(ChangedNames(), now: start + .milliseconds(pause)) == true)
        #expect(!schedule.needsFullScan)
    }

    @Test func `changed names are scanned soon, new ones sooner`() {
        let schedule = scanned(cost: .milliseconds(1))
        #expect(schedule.nextScan(changed(isNew: false)) == start + .milliseconds(20))
        #expect(schedule.nextScan(changed(isNew: true)) == start + .milliseconds(3))
        let slow = scanned(cost: .milliseconds(100))
        #expect(slow.nextScan(changed(isNew: false)) == start + .milliseconds(50))
    }

    @Test func `a scan of changed names leaves the next full one as it was`() {
        var schedule = scanned()
        schedule.requireFullScan()
        var late = scanned(cost: .seconds(1))
        late.requireFullScan()
        #expect(late.beginScan(changed(isNew: true), now: start + .seconds(1)) == false)
        #expect(late.needsFullScan)
        #expect(schedule.beginScan(changed(isNew: true), now: start) == true)
        let full = late.nextFullScan
        late.endScan(ScanSchedule.Work(time: start + .seconds(1), cost: .zero))
        #expect(late.nextFullScan == full)
    }

    @Test func `open files are polled only if there is a reason`() {
        var schedule = scanned()
        #expect(schedule.nextPoll(hasReserved: false) == .distantFuture)
        #expect(schedule.nextPoll(hasReserved: true) == .distantPast)
        schedule.endPoll(ScanSchedule.Work(time: start, cost: .zero))
        #expect(schedule.nextPoll(hasReserved: true) == start + .milliseconds(500))
        schedule.startPolling()
        #expect(schedule.nextPoll(hasReserved: false) == start + .milliseconds(200))
        schedule.endPoll(ScanSchedule.Work(time: start, cost: .milliseconds(50)))
        #expect(schedule.nextPoll(hasReserved: false) == start + .seconds(1))
        schedule.endPoll(ScanSchedule.Work(time: start, cost: .seconds(9)))
        #expect(schedule.nextPoll(hasReserved: false) == start + .seconds(2))
    }

    @Test func `a wall clock that is set forward makes no record older`() {
        var schedule = scanned()
        #expect(schedule.isSweepDue(now: start))
        #expect(schedule.beginSweep(wall: 1_000, now: start) == 1_000)
        #expect(!schedule.isSweepDue(now: start + .seconds(3_599)))
        let later = start + .seconds(3_600)
        #expect(schedule.isSweepDue(now: later))
        #expect(schedule.beginSweep(wall: 9_000_000, now: later) == 1_000 + 3_660)
        #expect(schedule.beginSweep(wall: 500, now: later + .seconds(3_600)) == 500)
    }
}
