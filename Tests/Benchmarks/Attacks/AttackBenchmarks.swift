import Chat
import MessageBus
import TCPBridge
import TestSupport

/// The cost of the worst input that a client may send, and its effect on others.
struct AttackBenchmarks {
    private let isQuick: Bool
    private let attacks: [Attack]
    /// More of them, which cost memory and hardly any time.
    private let unread: [Attack]

    /// - Parameters:
    ///   - isQuick: only to see that it runs.
    ///   - filter: only those whose name contains it.
    init(isQuick: Bool, filter: String?) {
        self.isQuick = isQuick
        let isMeant = { (attack: Attack) in
            filter == nil || "attack: \(attack.name)".lowercased().contains(filter ?? "")
        }
        attacks = (Attack.commands + Attack.lines).filter(isMeant)
        unread = Attack.unread.filter(isMeant)
    }

    /// True if there is anything to measure.
    var isEmpty: Bool { attacks.isEmpty && unread.isEmpty }

    /// Microseconds of the loop for one line, where no limit ends it.
    func costs() async throws -> Table {
        var table = Table("attack: one line, no limit of commands", "µs of the loop")
        for attack in attacks {
            let host = try await AttackHost { $0.commands.burst = 1_000_000_000 }
            let client = try ChatClient(port: host.port)
            let named = try ChatClient(port: host.port)
            try named.send("ping:\n")
            for index in 0..<500 { try named.send("hola \(index)\n") }
            try await named.barrier()
            if let entrance = attack.entrance { try client.send(entrance(0)) }
            try await client.barrier()
            let bytes = attack.lines(0)
            let lines = bytes.count { $0 == UInt8(ascii: "\n") }
            var best = Double.infinity
            for _ in 0..<(isQuick ? 1 : 5) {
                let start = await host.loopTime
                // What it answers is read meanwhile.
                let all = bytes + Array("\(client.nextBarrier())\n".utf8)
                async let sending: Void = client.sendMuch(all)
                _ = try await client.linesUntilBarrier()
                try await sending
                best = min(best, Double(await host.loopTime - start) / Double(lines))
            }
            table.add(attack.name, (best / 1_000).written(decimals: 2))
            host.stop()
        }
        return table
    }

    /// Measures the time that a pair waits for each other while one connection attacks, and many.
    func delays() async throws -> Table {
        let counts = isQuick ? [1, 10] : [1, 100]
        var table = Table(
            "ms from ping to pong, p99 (of the loop's time)", "nobody",
            "\(counts[0]) attacks", "\(counts[1]) attack")
        for attack in attacks {
            var cells: [String] = []
            for count in [0] + counts { cells.append(try await delay(attack, count)) }
            table.add(attack.name, cells[0], cells[1], cells[2])
        }
        return table
    }

    /// Measures the memory that each attack takes, and finds those that leave more than they may.
    func memory() async throws -> String {
        let (table, over) = try await AttackMemory(isQuick: isQuick).table(attacks + unread)
        let which = over.isEmpty ? "none" : over.joined(separator: "; ")
        return "\(table.text)\nover the bound (a fifth more than before, and the rooms): \(which)"
    }

    /// Lets some time pass, in which the attackers enter.
    private func warmUp(_ pair: PingPong) async throws -> PingPong {
        _ = try await pair.delays(for: isQuick ? .milliseconds(20) : .milliseconds(500))
        return pair
    }

    private func delay(_ attack: Attack, _ count: Int) async throws -> String {
        let host = try await AttackHost()
        let pair = try await PingPong(on: host.port, clock: host.loopClock)
        let attackers = try Attackers(attack, count: count, on: host.port)
        let delays = try await warmUp(pair).delays(
            for: isQuick ? .milliseconds(20) : .milliseconds(700))
        attackers.stop()
        host.stop()
        let (wall, loop) = (delays.wall.percentile(99), delays.loop.percentile(99))
        return "\(wall.written(decimals: 1)) (\(loop.written(decimals: 1)))"
    }
}
