import AllocationCounter

/// Something whose cost is measured, per line.
struct Benchmark {
    /// The benchmark's name in the table.
    let name: String
    /// Lines that one time handles.
    let lines: Int
    /// Does it so many times, and returns the allocations it made.
    let run: (Int) async throws -> UInt64

    /// Measures what runs elsewhere, such as on the bus's loop, and counts by itself.
    init(_ name: String, lines: Int, run: @escaping (Int) async throws -> UInt64) {
        self.name = name
        self.lines = lines
        self.run = run
    }

    /// Measures a function that runs where it is called.
    init(_ name: String, lines: Int, _ work: @escaping () -> Void) {
        self.init(name, lines: lines) { times in countAllocations(times, work) }
    }
}

/// Calls a function so many times, and returns the allocations that this thread made meanwhile.
func countAllocations(_ times: Int, _ work: () -> Void) -> UInt64 {
    let before = allocation_count()
    for _ in 0..<times { work() }
    return allocation_count() - before
}
