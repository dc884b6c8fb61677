import CLinux
import Glibc

/// A regular check that, after a peak, returns memory to the system that the process has freed and
/// the C library keeps.
///
/// Confined to the loop.
public final class MemoryTrimmer {
    private let loop: EventLoop
    /// Least resident memory of the process so far, in bytes.
    private var minResident = MemoryTrimmer.residentBytes
    /// Resident bytes that were unused after the last trim.
    private var unusedAfterTrim = MemoryTrimmer.residentBytes - MemoryTrimmer.bytesInUse
    private var hasTrimmed = false
    private lazy var timer = LoopTimer { self.trimIfNeeded() }

    /// The time between two checks, which cost about 20 µs.
    private static let pause: Duration = .seconds(5)
    /// Unused bytes that are tolerated: less is not worth getting them back from the system.
    private static let slack = 4 << 20

    /// Makes malloc map large blocks separately, so that freeing them returns them at once.
    ///
    /// By default the C library raises that threshold to the largest block ever freed, up to 32 MiB
    /// (mallopt(3)). Must be called before other threads allocate.
    public static func keepLittle() {
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        mallopt(M_TRIM_THRESHOLD, 4 << 20)
    }

    private init(on loop: EventLoop) { self.loop = loop }

    /// Checks memory regularly from now on, as long as the loop runs.
    public static func start(on loop: EventLoop) {
        let memory = MemoryTrimmer(on: loop)
        // The timer keeps the object.
        loop.set(memory.timer, after: pause)
    }

    private func trimIfNeeded() {
        loop.assertOwned()
        loop.set(timer, after: Self.pause)
        let resident = Self.residentBytes
        minResident = min(minResident, resident)
        guard hasTrimmed || resident > minResident + Self.slack else { return }
        let unused = resident - Self.bytesInUse
        // The rest could not be returned, because it lies between blocks in use.
        unusedAfterTrim = hasTrimmed ? unused : min(unusedAfterTrim, unused)
        hasTrimmed = unused > unusedAfterTrim + Self.slack
        if hasTrimmed {
            // On another thread, because it takes 1 µs per piece and blocks allocations only from
            // the same arena. Without a thread it is tried again after the pause.
            try? DedicatedThread.start(named: "trim") { malloc_trim(0) }
        }
    }

    /// Bytes allocated and not freed, in all arenas (mallinfo(3)).
    private static var bytesInUse: Int {
        let information = mallinfo2()
        return information.uordblks + information.hblkhd
    }

    /// Resident bytes of the process, as the kernel counts them (proc(5), statm).
    public static var residentBytes: Int {
        let descriptor = SystemCalls.open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        let text = unsafe withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
            let count = SystemCalls.read(descriptor, into: buffer)
            return unsafe String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(getpagesize())
    }
}
