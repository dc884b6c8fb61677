import Glibc

// swift run -c release Benchmarks [NAME] [--quick]
//
// NAME: only those whose name contains it. --quick: to see that they run.

let arguments = CommandLine.arguments.dropFirst()
let effort: Measurement.Effort = arguments.contains("--quick") ? .quick : .usual
let filter = arguments.first { !$0.hasPrefix("-") }?.lowercased()

var benchmarks = try [Benchmark].lines() + [Benchmark].middlewares() + [Benchmark].rooms()
benchmarks += try await [Benchmark].ports() + [Benchmark].stores()
benchmarks = benchmarks.filter { filter == nil || $0.name.lowercased().contains(filter ?? "") }
guard !benchmarks.isEmpty else {
    print("no benchmark's name contains \"\(filter ?? "")\"")
    exit(1)
}
var table = Table("per line", "ns", "allocations")
for benchmark in benchmarks {
    let cost = try await Measurement(of: benchmark, effort)
    table.add(
        benchmark.name, cost.nanoseconds.written(decimals: 1),
        cost.allocations.written(decimals: 3))
}
print(table.text)
