import Glibc
import Patterns
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import MessageBus
@testable import TailBridge

/// A temporary directory and the tailing of its files, step by step, with a manual clock.
final class TailFolder {
    /// A line that came in.
    struct Line: Equatable {
        let sender: String
        let text: String
        let path: String
        let position: UInt64
    }

    let path: String
    var configuration: TailConfiguration
    let hearsEvents: Bool
    let log = LogRecorder()
    /// The checkpoints of an earlier run.
    var kept: [String: [UInt8]] = [:]
    private(set) var lines: [Line] = []
    private(set) var files: TailedFiles?
    private var events: FileEvents?
    private(set) var now = MonotonicTime.after(.seconds(1))
    /// The time by which the wall clock was shifted.
    var wallShift = Duration.zero {
        didSet { files?.clock = ShiftedClock(shift: wallShift) }
    }

    init(_ patterns: String..., hearsEvents: Bool = true) throws {
        var template = Array("/tmp/puente-tail-XXXXXX\0".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
        self.hearsEvents = hearsEvents
        let patterns = patterns.isEmpty ? ["*.log"] : patterns
        configuration = TailConfiguration(patterns: [])
        let folder = path
        configuration.patterns = patterns.map { PathPattern("\(folder)/\($0)") }
        configuration.startsAtEnd = false
    }

    deinit { removeAll(path) }

    private func removeAll(_ path: String) {
        let place = FilePath(path)
        for entry in (try? DirectoryEntry.all(in: place)) ?? [] {
            let inner = place.appending(entry.name)
            if entry.kind == .directory {
                removeAll(inner.description)
            } else {
                _ = inner.withCString { Glibc.unlink($0) }
            }
        }
        rmdir(path)
    }

    // MARK: - Following

    var texts: [String] { lines.map(\.text) }

    /// Starts tailing, as the daemon does at its start.
    func start() throws {
        let events = hearsEvents ? try FileEvents() : nil
        self.events = events
        files = try TailedFiles(
            configuration, kept: kept, events: events, tailLog: TailLog(log.log))
        files?.clock = ShiftedClock(shift: wallShift)
        scan()
    }

    /// Ends at once; batches that were not published are lost.
    func kill() {
        files = nil
        events = nil
    }

    /// Scans for changes and reads nothing.
    func scan() {
        guard let files else { return }
        events?.drain { files.recordEvent($0) }
        // Without events a scan is due when some time has passed.
        if !hearsEvents { now += .milliseconds(200) }
        if now >= files.nextScan { files.scan(now: now) { self.now } }
    }

    /// Returns the next batch without publishing it.
    func nextBatch() -> TailBatch? { files?.nextBatch(now: now) }

    /// Publishes a batch as the bus does: lines and checkpoints together.
    func publish(_ batch: TailBatch) {
        for block in batch.dequeueBlocks() {
            for record in block.arena.all {
                let origin = block.arena.details(of: record)?.origin(of: record)
                lines.append(
                    Line(
                        sender: block.origins[Int(record.sender)].name,
                        text: String(decoding: block.arena.text(record), as: UTF8.self),
                        path: origin?.channel ?? "",
                        position: origin?.remoteID.flatMap { UInt64($0) } ?? .max))
            }
        }
        for (key, state) in batch.checkpoints { kept[key] = state.isEmpty ? nil : state }
    }

    /// Scans and reads everything there is.
    func read() {
        scan()
        while let batch = nextBatch() {
            publish(batch)
            scan()
        }
    }

    /// Lets time pass.
    func wait(_ duration: Duration) {
        now += duration
        read()
    }

    // MARK: - Files

    func place(_ name: String) -> String { "\(path)/\(name)" }

    func append(_ text: String, to name: String) { append(Array(text.utf8), to: name) }

    func append(_ bytes: [UInt8], to name: String) {
        let file = open(place(name), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        #expect(file >= 0)
        #expect(write(file, bytes, bytes.count) == bytes.count)
        close(file)
    }

    func rename(_ name: String, to other: String) {
        #expect(Glibc.rename(place(name), place(other)) == 0)
    }

    func truncate(_ name: String, to size: Int = 0) {
        #expect(Glibc.truncate(place(name), size) == 0)
    }

    func remove(_ name: String) { #expect(unlink(place(name)) == 0) }

    func copy(_ name: String, to other: String) {
        let bytes = content(of: name)
        _ = unlink(place(other))
        append(bytes, to: other)
    }

    func content(of name: String) -> [UInt8] {
        guard let file = try? OpenFile(FilePath(place(name))), let status = try? file.status()
        else {
            return []
        }
        return (try? file.bytes(Int(status.size), at: 0)) ?? []
    }

    func exists(_ name: String) -> Bool { access(place(name), F_OK) == 0 }

    func link(_ name: String, as other: String) {
        #expect(Glibc.link(place(name), place(other)) == 0)
    }

    /// Makes a symbolic link, in place of the one there is.
    func pointLink(_ name: String, at target: String) {
        _ = unlink(place("new link"))
        #expect(symlink(target, place("new link")) == 0)
        rename("new link", to: name)
    }

    func makeDirectory(_ name: String) { #expect(mkdir(place(name), 0o755) == 0) }

    func removeDirectory(_ name: String) { #expect(rmdir(place(name)) == 0) }

    /// As logrotate does: what has a number gets the next one, and the live file the first.
    func shift(_ name: String) {
        for number in (1..<20).reversed() where exists("\(name).\(number)") {
            rename("\(name).\(number)", to: "\(name).\(number + 1)")
        }
    }

    func rotate(_ name: String) {
        shift(name)
        rename(name, to: "\(name).1")
    }

    func copyAndTruncate(_ name: String) {
        shift(name)
        copy(name, to: "\(name).1")
        truncate(name)
    }
}

/// The system's clock, with the wall clock set to another time.
private struct ShiftedClock: TimeSource {
    let shift: Duration

    func monotonic() -> MonotonicTime { SystemClock().monotonic() }
    func wall() -> Timestamp { SystemClock().wall() + shift }
    var isReal: Bool { false }
}
