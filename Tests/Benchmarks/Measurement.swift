import Glibc

/// The cost of a benchmark.
struct Measurement {
    /// Nanoseconds of processor time for one line, in the best repetition.
    let nanoseconds: Double
    /// Allocations for one line, in the repetition that made the fewest.
    let allocations: Double

    /// The thoroughness of the measurement.
    struct Effort {
        /// Nanoseconds that a repetition takes at least.
        let span: Double
        /// Repetitions, of which the best counts.
        let repetitions: Int

        /// Long enough for the clock and for the processor's caches to make no difference.
        static let usual = Effort(span: 50e6, repetitions: 9)
        /// To see that everything runs; the figures say little.
        static let quick = Effort(span: 1e6, repetitions: 2)
    }

    /// Measures a benchmark: finds how many times fill the span, then repeats as many.
    init(of benchmark: Benchmark, _ effort: Effort) async throws {
        var times = 1
        while try await Self.time(benchmark, times).nanoseconds < effort.span, times < 1 << 40 {
            times *= 2
        }
        var best = (nanoseconds: Double.infinity, allocations: Double.infinity)
        for _ in 0..<effort.repetitions {
            let cost = try await Self.time(benchmark, times)
            best.nanoseconds = min(best.nanoseconds, cost.nanoseconds)
            best.allocations = min(best.allocations, cost.allocations)
        }
        let lines = Double(times * benchmark.lines)
        nanoseconds = best.nanoseconds / lines
        allocations = best.allocations / lines
    }

    private static func time(
        _ benchmark: Benchmark, _ times: Int
    ) async throws -> (nanoseconds: Double, allocations: Double) {
        let start = processorTime
        let allocations = try await benchmark.run(times)
        return (processorTime - start, Double(allocations))
    }

    /// Nanoseconds that the process has run, on all its threads: what others do meanwhile does not
    /// count.
    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
