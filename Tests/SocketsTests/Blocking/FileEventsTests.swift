import Glibc
import TestSupport
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(10))) struct FileEventsTests {
    private func directory() throws -> String {
        var template = Array("/tmp/puente-events-XXXXXX\0".utf8CString)
        return try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    private func events(_ events: FileEvents) -> [FileEvents.Event] {
        var found: [FileEvents.Event] = []
        events.drain { found.append($0) }
        return found
    }

    @Test func `events of directories and files are reported`() throws {
        let path = try directory()
        let events = try FileEvents()
        let directory = try events.watchDirectory(Array(path.utf8))
        let file = open("\(path)/a", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        #expect(
            self.events(events) == [
                .entry(directory, name: [0x61], isDirectory: false, isNew: true)
            ])
        let watch = try events.watchFile(file)
        #expect(write(file, "x", 1) == 1)
        #expect(self.events(events) == [.changed(watch)])
        #expect(mkdir("\(path)/b", 0o755) == 0)
        #expect(rmdir("\(path)/b") == 0)
        #expect(
            self.events(events).allSatisfy {
                guard case .entry(let watch, let name, true, _) = $0 else { return false }
                return watch == directory && name == [0x62]
            })
        close(file)
        unlink("\(path)/a")
        rmdir(path)
        // A process that is being started elsewhere in the suite may hold the directory until it
        // has begun.
        while !self.events(events).contains(.ended(directory)) { sched_yield() }
    }

    @Test func `a file is watched whatever its name is by then`() throws {
        let path = try directory()
        let events = try FileEvents()
        let file = open("\(path)/a", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        #expect(rename("\(path)/a", "\(path)/b") == 0)
        let other = open("\(path)/a", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        let watch = try events.watchFile(file)
        #expect(write(other, "x", 1) == 1)
        #expect(self.events(events) == [])
        #expect(write(file, "x", 1) == 1)
        #expect(self.events(events) == [.changed(watch)])
        events.remove(watch)
        #expect(self.events(events) == [.ended(watch)])
        for name in ["a", "b"] { unlink("\(path)/\(name)") }
        rmdir(path)
        for file in [file, other] { close(file) }
    }

    @Test func `a wait ends when somebody wakes it, with or without inotify`() async throws {
        for isEnabled in [true, false] {
            let events = try FileEvents(isEnabled: isEnabled)
            #expect((events.failure == nil) == isEnabled)
            async let end: Void = DedicatedThread.run(named: "wait") {
                events.wait(milliseconds: -1)
            }
            events.wake()
            try await end
        }
    }

    @Test func `without inotify every watch fails with the reason`() throws {
        let events = try FileEvents(isEnabled: false)
        #expect(throws: SocketError.self) { try events.watchDirectory(Array("/tmp".utf8)) }
        let all = try FileEvents()
        let error = #expect(throws: SocketError.self) {
            try all.watchDirectory(Array("/nowhere".utf8))
        }
        #expect(error?.code == ENOENT)
    }
}
