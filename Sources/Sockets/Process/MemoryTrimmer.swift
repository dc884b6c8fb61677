import CLinux
import Glibc

/// Memory that the process has freed and the C library keeps: given back to the system after a peak.
///
/// Confined to the loop.
public final class MemoryTrimmer {
    private let loop: EventLoop
    /// The least that the process has had in memory.
    private var least = MemoryTrimmer.residentBytes
    /// What of it was not in use when that was last given back.
    private var floor = MemoryTrimmer.residentBytes - MemoryTrimmer.bytesInUse
    private var hasTrimmed = false
    private lazy var timer = LoopTimer { self.look() }

    /// Nanoseconds between two looks, which cost about 20 µs.
    private static let pause: Int64 = 5_000_000_000
    /// Bytes that may be spare: less is not worth the trouble of asking for it again.
    private static let slack = 4 << 20

    /// Has large blocks mapped on their own, so that freeing them gives them back at once.
    ///
    /// By itself the C library takes the size of the largest that was ever freed for the border, up
    /// to 32 MiB, and keeps all below it (mallopt(3)). Before other threads allocate.
    public static func keepLittle() {
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        mallopt(M_TRIM_THRESHOLD, 4 << 20)
    }

    private init(on loop: EventLoop) { self.loop = loop }

    /// Looks after it from now on, as long as the loop runs.
    public static func giveBack(on loop: EventLoop) {
        let memory = MemoryTrimmer(on: loop)
        // The timer keeps it.
        loop.set(memory.timer, after: pause)
    }

    private func look() {
        loop.set(timer, after: Self.pause)
        let resident = Self.residentBytes
        least = min(least, resident)
        guard hasTrimmed || resident > least + Self.slack else { return }
        let spare = resident - Self.bytesInUse
        // What could not be given back lies between what is in use.
        floor = hasTrimmed ? spare : min(floor, spare)
        hasTrimmed = spare > floor + Self.slack
        if hasTrimmed {
            // On another thread: that takes 1 µs for each piece, and who allocates goes on meanwhile
            // except from the same arena. Without a thread it is tried again after the pause.
            try? DedicatedThread.start(named: "trim") { malloc_trim(0) }
        }
    }

    /// What was allocated and not freed, in all arenas (mallinfo(3)).
    private static var bytesInUse: Int {
        let information = mallinfo2()
        return information.uordblks + information.hblkhd
    }

    /// What the process has in memory, as the kernel counts it (proc(5), statm).
    public static var residentBytes: Int {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        let text = withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(getpagesize())
    }
}
