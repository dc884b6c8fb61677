import Bridges
import Chat
import Foundation
import MessageBus
import Sockets
import Locking
import Wiring

/// A daemon with plug-ins that the program has not; the tests run it.
///
/// `TestDaemon FILE` is `puente run --config FILE` with these types beside the built-in ones.
@main
struct TestDaemon {
    static func main() throws {
        Signals.ignoreFailedWrites()
        Signals.block(Daemon.signals)
        let loop = try EventLoop()
        let file = CommandLine.arguments.last ?? ""
        Task.detached(executorPreference: LoopExecutor(loop)) {
            do {
                let configuration = try Configuration.read(file, registry: registry)
                let assembly = try Assembly(
                    configuration, namePolicy: .chat(configuration.language)
                ) {
                    print($0)
                }
                let end = try await Daemon(assembly, on: loop) { _ in
                    print("overdue")
                    _exit(1)
                }.run()
                print("abandoned: \(end.abandoned.joined(separator: " "))")
                _exit(0)
            } catch {
                print("\(error)")
                _exit(69)
            }
        }
        loop.run()
    }

    private static var registry: Registry {
        var registry = Registry()
        registry.registerBridges()
        registry.bridge("read", Reading.init)
        registry.bridge("spin", Spinning.init)
        registry.bridge("pool", HoldingThePool.init)
        registry.bridge("both", ReadingBeside.init)
        registry.bridge("answer", Answering.init)
        registry.middleware("every-second", EverySecond.init)
        return registry
    }

    private static func print(_ entry: Log.Entry) {
        print("\(entry.level) \(entry.bridge ?? "-"): \(entry.sentence)")
    }

    private static func print(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

/// Blocks in read(2), before it is ready.
private struct Reading: Bridge {
    func run(_ port: Port) async throws { blockForEver() }
}

/// Computes for ever.
private struct Spinning: Bridge {
    func run(_ port: Port) async throws {
        await port.ready()
        while true { sched_yield() }
    }
}

/// Blocks every thread of Swift's pool, at each priority.
private struct HoldingThePool: Bridge {
    func run(_ port: Port) async throws {
        for priority in [TaskPriority.high, .medium, .low, .background] {
            for _ in 0..<64 { Task.detached(priority: priority) { blockForEver() } }
        }
        await port.ready()
        await port.stopping()
    }
}

/// Blocks in one of its tasks and answers in another, as one that reads a device does.
private struct ReadingBeside: Bridge {
    func run(_ port: Port) async throws {
        await port.ready()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { blockForEver() }
            for await message in port.messages where message.text == "both?" {
                _ = try? await port.publish("both", from: "both")
            }
        }
    }
}

/// Drops every other message: a class, whose copies would share the count.
private final class EverySecond: Middleware {
    private let count = Locked(0)

    func handle(_ message: inout Message) -> Verdict {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return number % 2 == 1 ? .pass : .drop("even")
    }
}

/// Answers, and does nothing else.
private struct Answering: Bridge {
    func run(_ port: Port) async throws {
        await port.ready()
        for await message in port.messages where message.text == "answer?" {
            try await port.publish("answer", from: "answer")
        }
    }
}

/// Foundation has one too.
private typealias Port = MessageBus.Port

private func blockForEver() {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    var byte: UInt8 = 0
    while true { _ = read(ends[0], &byte, 1) }
}
