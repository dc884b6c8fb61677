import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// The phases of a file, from its name to its end.
@Suite struct PhaseTests {
    @Test func `failures are counted since the name was lost`() {
        let file = TailedFile.file()
        #expect(file.countFailure() == 0)
        #expect(file.phase == .live)
        file.lose(now: .after(.seconds(2)))
        #expect(file.phase.lostSince == .after(.seconds(2)))
        #expect((1...3).map { _ in file.countFailure() } == [1, 2, 3])
        #expect(file.phase == .lost(since: .after(.seconds(2)), failures: 3))
        file.regain()
        #expect(!file.isLost)
        file.lose(now: .after(.seconds(3)))
        #expect(file.countFailure() == 1)
    }

    @Test func `a rotated file or a copy is lost from the beginning`() {
        let place = FilePath("/a.log.1")
        for (discovery, isCopy) in [
            (TailedFile.Discovery.rotated(place), false), (.copy(place), true),
        ] {
            let file = TailedFile.file(discovery: discovery)
            #expect(file.phase == .lost(since: .after(.seconds(1)), failures: 0))
            #expect(file.discovery.place == place)
            #expect(file.discovery.isCopy == isCopy)
        }
        #expect(TailedFile.file().discovery.place == nil)
    }

    @Test func `a file is queued once while it is tailed, and not after that`() {
        let (file, queue) = (TailedFile.file(), PendingFiles())
        file.isDirty = true
        #expect(queue.count == 0)
        file.start(in: queue)
        file.isDirty = true
        file.saveCheckpoint()
        file.saveCheckpoint()
        #expect(queue.count == 1)
        #expect(queue.hasMoreUnsaved)
        #expect(queue.dequeue() === file)
        file.stop()
        file.isDirty = true
        file.saveCheckpoint()
        #expect(!file.isTailed && !file.isLost)
        #expect(queue.count == 0)
        #expect(queue.dequeueUnsaved(atMost: 9).isEmpty)
        #expect(!queue.hasMoreUnsaved)
    }

    @Test func `a file that begins with an unsaved record is saved`() {
        let (file, queue) = (TailedFile.file(), PendingFiles())
        file.saveCheckpoint()
        file.start(in: queue)
        #expect(queue.dequeueUnsaved(atMost: 9).map(\.id) == [file.id])
        #expect(file.checkpoint == .saved)
        file.saveCheckpoint()
        #expect(queue.dequeueUnsaved(atMost: 9).count == 1)
    }
}
