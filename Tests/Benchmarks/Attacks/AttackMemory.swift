import Chat
import Glibc
import Sockets
import TCPBridge
import TestSupport

/// The memory that the process takes while somebody attacks, and that it keeps afterwards.
///
/// The clients are in the same process, so their few buffers count too.
struct AttackMemory {
    private let isQuick: Bool

    /// - Parameter isQuick: only to see that it runs.
    init(isQuick: Bool) { self.isQuick = isQuick }

    /// The memory that a room keeps (*Memory* in README): a `buffer` of bytes for readers, what was
    /// said last, and the fixed part of as many messages.
    ///
    /// The rooms are filled before, but what fills them best differs. The names that are remembered
    /// for an hour take a few MB more.
    private static let documented = 3 * (4 << 20) + (4 << 20)
    /// The time within which README says that memory is given back, and a little.
    private static let patience: Duration = .seconds(11)

    /// Attacks one after the other, and adds a row for each.
    func table(_ attacks: [Attack]) async throws -> (table: Table, over: [String]) {
        let count = isQuick ? 10 : 100
        var table = Table(
            "MiB of the process, \(count) attack", "before", "peak", "after", "bound", "")
        var over: [String] = []
        let host = try await AttackHost()
        for attack in Attack.fillers { _ = try await peak(of: attack, 2, on: host) }
        _ = try await settled(below: 0, on: host)
        for attack in attacks {
            let before = MemoryTrimmer.residentBytes
            let bound = before + before / 5 + Self.documented
            let peak = try await peak(of: attack, count, on: host)
            let after = try await settled(below: before + before / 5, on: host)
            if after > bound { over.append(attack.name) }
            table.add(
                attack.name, Self.written(before), Self.written(peak), Self.written(after),
                Self.written(bound), after > bound ? "OVER" : "")
        }
        host.stop()
        return (table, over)
    }

    /// Lets an attack go on for a while; the most bytes that the process has had meanwhile.
    private func peak(of attack: Attack, _ count: Int, on host: AttackHost) async throws -> Int {
        var peak = 0
        let attackers = try Attackers(attack, count: count, on: host.port)
        let end = SystemClock().monotonic() + (isQuick ? .milliseconds(20) : .milliseconds(700))
        while SystemClock().monotonic() < end {
            peak = max(peak, MemoryTrimmer.residentBytes)
            usleep(2_000)
        }
        attackers.stop()
        return peak
    }

    /// Waits until all have gone and the memory is back; what the process has then.
    private func settled(below wanted: Int, on host: AttackHost) async throws -> Int {
        let end = SystemClock().monotonic() + (isQuick ? .milliseconds(100) : Self.patience)
        var bytes = MemoryTrimmer.residentBytes
        while SystemClock().monotonic() < end {
            bytes = MemoryTrimmer.residentBytes
            if bytes <= wanted, await host.population == 0 { break }
            usleep(50_000)
        }
        return bytes
    }

    private static func written(_ bytes: Int) -> String {
        (Double(bytes) / 1_048_576).written(decimals: 1)
    }
}
