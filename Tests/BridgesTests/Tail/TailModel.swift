import Glibc
import TestSupport
import Testing

@testable import TailBridge

/// A model of files and what was written to them, run against the bridge with random steps.
struct TailModel {
    private var random: Seeded
    private let folder: TailFolder
    private var written: [String] = []
    private var excused: Set<String> = []
    /// Lines of each file by its inode, as long as it is there.
    private var content: [UInt64: [String]] = [:]
    /// Rotated files whose path was unknown before.
    private var unknown: Set<UInt64> = []
    /// Files with half a line at their end.
    private var halves: [UInt64: String] = [:]
    private var isRunning = false
    private var count = 0
    private var told = 0
    private var read = 0
    private(set) var steps: [String] = []
    /// Lines that may come in twice: what was cut could not be told exactly.
    private var repeatable: Set<String> = []
    /// True if files are cut, clocks are set and names excluded as well.
    private let mayDoMore: Bool
    /// Lines that were written before the present run.
    private var older: Set<String> = []
    private var excluded: String?
    private var away = 0

    private static let names = ["a.log", "b.log"]
    private static let kept = 4

    init(_ seed: UInt64, hearsEvents: Bool, mayDoMore: Bool) throws {
        random = Seeded(seed)
        folder = try TailFolder(hearsEvents: hearsEvents)
        folder.configuration.descriptors = 16
        self.mayDoMore = mayDoMore
        if mayDoMore {
            folder.makeDirectory("old")
            folder.configuration.rotatedTo = [PathPattern(folder.place("old"))]
        }
        try start()
    }

    var story: String {
        problems.joined(separator: "\n") + "\n" + steps.joined(separator: "\n")
    }

    // MARK: - Acting

    mutating func act() throws {
        defer { recordProgress() }
        let name = Self.names.randomElement(using: &random) ?? "a.log"
        switch Int.random(in: 0..<(mayDoMore ? 125 : 100), using: &random) {
        case 100..<108: cut(name)
        case 108..<116: setClock(name)
        case 116..<125: rotateAway(name)
        case 0..<35: write(to: name)
        case 35..<40: writeHalf(to: name)
        case 40..<48: rotate(name)
        case 48..<54: copyAndTruncate(name)
        case 54..<57: truncate(name)
        case 57..<59: delete(name)
        case 59..<61: link(name)
        case 61..<69: try killAndStart()
        case 69..<75: wait()
        case 75..<80: readSome()
        default:
            step("read")
            folder.read()
        }
    }

    private mutating func recordProgress() {
        let sentences = folder.log.sentences
        for sentence in sentences.dropFirst(told) {
            steps.append("    " + sentence.replacing(folder.path + "/", with: ""))
        }
        told = sentences.count
        let new = folder.texts.dropFirst(read).map { $0.prefix(16) }
        if !new.isEmpty { steps.append("    = \(new)") }
        read = folder.lines.count
    }

    private mutating func step(_ text: String) { steps.append(text) }

    private mutating func line() -> String {
        count += 1
        let line =
            "line \(count) " + String(repeating: "x", count: count % 7 == 0 ? 300 : count % 9)
        return line
    }

    private mutating func write(to name: String) {
        let lines = (0..<Int.random(in: 1...5, using: &random)).map { _ in line() }
        write(lines, to: name)
    }

    private mutating func write(_ lines: [String], to name: String) {
        var lines = lines
        var text = lines.map { "\($0)\n" }.joined()
        if let inode = inode(name), let half = halves.removeValue(forKey: inode) {
            // What follows half a line is the rest of it.
            lines[0] = half + lines[0]
            content[inode]?.removeLast()
            written.removeAll { $0 == half }
        }
        if text.isEmpty { text = "\n" }
        folder.append(text, to: name)
        step("write \(lines) to \(name) (\(inode(name) ?? 0))")
        if let inode = inode(name) { content[inode, default: []] += lines }
        written += lines
        if let inode = inode(name), unknown.contains(inode) { excused.formUnion(lines) }
        if excluded.map(name.hasPrefix) == true { excused.formUnion(lines) }
    }

    /// Cuts a file to a part of what it is, most often within a line.
    private mutating func cut(_ name: String) {
        guard folder.exists(name), let inode = inode(name) else { return }
        if halves[inode] != nil { write(to: name) }
        let bytes = folder.content(of: name)
        guard bytes.count > 1, let lines = content[inode], !lines.isEmpty else { return }
        var size = Int.random(in: 1..<bytes.count, using: &random)
        let start = bytes[..<size].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let half = String(decoding: bytes[start..<size], as: UTF8.self)
        if half.isEmpty || written.contains(half) || random.chance(30) { size = start }
        step("cut \(name) to \(size)")
        folder.truncate(name, to: size)
        let count = bytes[..<size].count { $0 == 0x0A }
        let all = lines.suffix(bytes.count { $0 == 0x0A })
        excused.formUnion(all.dropFirst(count))
        content[inode] = Array(all.prefix(count))
        if size > start {
            halves[inode] = half
            content[inode, default: []].append(half)
            written.append(half)
            // As the end of a file that is gone it may come in, or not.
            excused.insert(half)
            repeatable.insert(half)
        }
        if isRunning, random.chance(60), all.allSatisfy({ !older.contains($0) }),
            folder.files?.index.newest(of: FilePath(folder.place(name)))?.isLost != true
        {
            folder.read()
        } else {
            repeatable.formUnion(all)
        }
    }

    /// Sets the clock, or a file's time.
    private mutating func setClock(_ name: String) {
        if random.chance(30) {
            folder.wallShift = .seconds(Int64.random(in: -9...9, using: &random) * 86_400)
            step("clock \(folder.wallShift.wholeSeconds)")
            return
        }
        let chosen = random.chance(40) ? name : "\(name).\(Int.random(in: 1...3, using: &random))"
        guard folder.exists(chosen) else { return }
        let time = Int.random(in: -100_000...1_000, using: &random)
        step("stamp \(chosen) \(time)")
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        now.tv_sec += time
        let times = [now, now]
        #expect(utimensat(AT_FDCWD, folder.place(chosen), times, 0) == 0)
    }

    /// Moves a file to another directory, with a date that rises.
    private mutating func rotateAway(_ name: String) {
        guard folder.exists(name) else { return }
        excuseUnknown(name)
        away += 1
        step("rotate \(name) away \(away)")
        folder.rename(name, to: "old/\(name)-\(20_260_000 + away)")
        if random.chance(70) { write(to: name) }
    }

    private mutating func writeHalf(to name: String) {
        guard let inode = inode(name), halves[inode] == nil, inode > 0 else { return }
        let half = "half \(line()) "
        folder.append(half, to: name)
        step("half \(half)to \(name)")
        // The bus has no use for the space at the end either, but it is published as it stands.
        halves[inode] = half
        content[inode, default: []].append(half)
        written.append(half)
        if excluded.map(name.hasPrefix) == true { excused.insert(half) }
    }

    private mutating func rotate(_ name: String) {
        guard folder.exists(name) else { return }
        step("rotate \(name)")
        excuseUnknown(name)
        dropOldest(name)
        folder.rotate(name)
        if random.chance(50) { write(to: "\(name).1") }
        if random.chance(70) { write(to: name) }
    }

    private mutating func copyAndTruncate(_ name: String) {
        guard folder.exists(name), let inode = inode(name) else { return }
        if halves[inode] != nil { write(to: name) }
        if mayDoMore, random.chance(30), let over = self.inode("\(name).1") {
            // Over what has the copy's name, whatever that was.
            step("copytruncate \(name) over \(over)")
            excuseUnknown(name)
            excuse(over)
            halves[over] = nil
            folder.truncate("\(name).1")
            folder.append(folder.content(of: name), to: "\(name).1")
            folder.truncate(name)
            (content[over], content[inode]) = (content[inode], [])
            if random.chance(50) { write(to: name) }
            return
        }
        step("copytruncate \(name)")
        excuseUnknown(name)
        dropOldest(name)
        folder.copyAndTruncate(name)
        if let copy = self.inode("\(name).1") {
            step("    as \(copy)")
            content[copy] = content[inode]
        }
        content[inode] = []
        if random.chance(50) { write(to: name) }
    }

    private mutating func truncate(_ name: String) {
        guard let inode = inode(name) else { return }
        step("truncate \(name)")
        excuse(inode)
        halves[inode] = nil
        folder.truncate(name)
        content[inode] = []
        if random.chance(50) { for _ in 0..<4 { write(to: name) } }
    }

    private mutating func delete(_ name: String) {
        guard let inode = inode(name) else { return }
        step("delete \(name)")
        // What is open can be read although it is deleted.
        excuse(inode)
        folder.remove(name)
        content[inode] = nil
        halves[inode] = nil
    }

    private mutating func link(_ name: String) {
        // Under another name it would be followed.
        guard folder.exists(name), excluded != name else { return }
        if folder.exists("link.log") { folder.remove("link.log") }
        step("link \(name)")
        folder.link(name, as: "link.log")
        folder.read()
        folder.remove("link.log")
    }

    private mutating func dropOldest(_ name: String) {
        let oldest = "\(name).\(Self.kept)"
        guard let inode = inode(oldest) else { return }
        step("drop \(oldest)")
        excuse(inode)
        content[inode] = nil
        halves[inode] = nil
        folder.remove(oldest)
    }

    /// Allows the lines of a file that have not come in to be lost from now on.
    private mutating func excuse(_ inode: UInt64) { excused.formUnion(content[inode] ?? []) }

    /// Allows lines from before the name was known to be lost when the file is rotated away.
    private mutating func excuseUnknown(_ name: String) {
        let path = FilePath(folder.place(name))
        if folder.files?.index.newest(of: path) != nil { return }
        if let inode = inode(name), !isKept(path) { ignore(inode) }
    }

    private mutating func ignore(_ inode: UInt64) {
        excuse(inode)
        unknown.insert(inode)
    }

    private func isKept(_ path: FilePath) -> Bool {
        folder.kept.contains { FileRecord(key: $0, state: $1)?.path == path }
    }

    private mutating func wait() {
        step("wait")
        for _ in 0..<7 { folder.wait(.seconds(1)) }
        // Half lines of files that are gone have been published.
        let live = Set(Self.names.compactMap(inode))
        if isRunning { halves = halves.filter { live.contains($0.key) } }
    }

    private mutating func readSome() {
        step("read some")
        folder.scan()
        if let batch = folder.nextBatch() { folder.publish(batch) }
    }

    private mutating func killAndStart() throws {
        if random.chance(50) {
            folder.scan()
            _ = folder.nextBatch()
            step("kill with a load on its way")
        } else {
            step("kill")
        }
        folder.kill()
        isRunning = false
        older.formUnion(written)
        if mayDoMore, random.chance(20) {
            excluded = excluded == nil ? Self.names.randomElement(using: &random) : nil
            step("exclude \(excluded ?? "nothing")")
            folder.configuration.excluded = excluded.map { [PathPattern($0)] } ?? []
            // What it had when it was asked for may have been rotated away since.
            for name in Self.names where name == excluded {
                excused.formUnion(written)
            }
        }
        // Nothing was kept that tells what was there before the first run and what came since.
        if folder.kept.isEmpty {
            for name in Self.names {
                for number in 1...Self.kept { inode("\(name).\(number)").map { ignore($0) } }
                for number in 0...away {
                    inode("old/\(name)-\(20_260_000 + number)").map { ignore($0) }
                }
            }
        }
        while random.chance(60) {
            let name = Self.names.randomElement(using: &random) ?? "a.log"
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: write(to: name)
            case 4..<7: rotate(name)
            case 7..<9: copyAndTruncate(name)
            default: truncate(name)
            }
        }
        try start()
    }

    private mutating func start() throws {
        step("start")
        try folder.start()
        isRunning = true
    }

    mutating func finish() throws {
        wait()
        wait()
    }

    private func inode(_ name: String) -> UInt64? {
        try? FileStatus(FilePath(folder.place(name))).id.inode
    }

    // MARK: - Judging

    var problems: [String] {
        var seen: Set<String> = []
        let live = Set(halves.values)
        let texts = folder.texts
        let twice = texts.filter { !seen.insert($0).inserted && !repeatable.contains($0) }
        let missing = written.filter {
            !seen.contains($0) && !excused.contains($0) && !live.contains($0)
        }
        let known = Set(written).union(excused)
        let strange = texts.filter { !known.contains($0) }
        return twice.map { "twice: \($0)" } + missing.map { "missing: \($0)" }
            + strange.map { "strange: \($0)" }
    }
}
