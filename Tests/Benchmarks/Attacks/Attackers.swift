import Glibc
import Sockets
import Synchronization
import TestSupport

/// Clients that send as much as the server takes and read all that it answers, on one thread.
///
/// Safe from any thread.
final class Attackers: Sendable {
    private let isStopping = Atomic<Bool>(false)
    private let hasStopped = Atomic<Bool>(false)

    /// Begins an attack.
    init(_ attack: Attack, count: Int, on port: UInt16) throws {
        let clients = try (0..<count).map { index in
            let client = try ChatClient(port: port)
            if let entrance = attack.entrance { try client.send(entrance(index)) }
            return Attacker(client, attack.lines(index), isReading: attack.isRead)
        }
        try DedicatedThread.start(named: "attackers") {
            var attackers = clients
            while !self.isStopping.load(ordering: .relaxed) { Self.go(on: &attackers) }
            self.hasStopped.store(true, ordering: .releasing)
        }
    }

    /// Ends the attack and returns when all are disconnected.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        while !hasStopped.load(ordering: .acquiring) { usleep(1_000) }
    }

    private static func go(on attackers: inout [Attacker]) {
        var states = attackers.map {
            let events = $0.isReading ? POLLIN | POLLOUT : POLLOUT
            return pollfd(fd: $0.client.descriptor, events: Int16(events), revents: 0)
        }
        poll(&states, UInt(states.count), 10)
        for (index, state) in states.enumerated() {
            if state.revents & Int16(POLLIN) != 0 { attackers[index].read() }
            if state.revents & Int16(POLLOUT) != 0 { attackers[index].write() }
        }
    }
}

/// One of them.
private struct Attacker {
    let client: ChatClient
    let bytes: [UInt8]
    let isReading: Bool
    var sent = 0

    init(_ client: ChatClient, _ bytes: [UInt8], isReading: Bool) {
        (self.client, self.bytes, self.isReading) = (client, bytes, isReading)
    }

    mutating func write() {
        let count = bytes.withUnsafeBytes { bytes in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            return send(
                client.descriptor, rest.baseAddress, rest.count,
                Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if count > 0 { sent = (sent + count) % bytes.count }
    }

    func read() {
        withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 1) { buffer in
            _ = recv(client.descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        }
    }
}
