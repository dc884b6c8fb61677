import Glibc
import Sockets

// swift run -c release Benchmarks [NAME] [--quick]
//
// NAME: only those whose name contains it; "attack" for what others notice of the worst clients.
// --quick: to see that they run.

Descriptors.raiseLimit()
// As the daemon does.
MemoryTrimmer.keepLittle()
let arguments = CommandLine.arguments.dropFirst()
let isQuick = arguments.contains("--quick")
let filter = arguments.first { !$0.hasPrefix("-") }?.lowercased()

var benchmarks = try [Benchmark].lines() + [Benchmark].middlewares() + [Benchmark].rooms()
benchmarks += try await [Benchmark].ports() + [Benchmark].stores()
benchmarks = benchmarks.filter { filter == nil || $0.name.lowercased().contains(filter ?? "") }
let attacks = AttackBenchmarks(isQuick: isQuick, filter: filter)
guard !benchmarks.isEmpty || !attacks.isEmpty else {
    print("no benchmark's name contains \"\(filter ?? "")\"")
    exit(1)
}
// First, while the process has little: what a fifth of it is says something.
if !attacks.isEmpty { print("\(try await attacks.memory())\n") }
if !benchmarks.isEmpty {
    var table = Table("per line", "ns", "allocations")
    for benchmark in benchmarks {
        let cost = try await Measurement(of: benchmark, isQuick ? .quick : .usual)
        table.add(
            benchmark.name, cost.nanoseconds.written(decimals: 1),
            cost.allocations.written(decimals: 3))
    }
    print(table.text)
}
if !attacks.isEmpty {
    print("\n\(try await attacks.costs().text)")
    print("\n\(try await attacks.delays().text)")
}
