import Glibc
import Sockets
import TestSupport

/// Two who answer each other, and how long that takes.
struct PingPong {
    private let ping: ChatClient
    private let pong: ChatClient
    private let clock: ThreadClock

    /// Lets the two enter.
    ///
    /// - Parameter clock: of the loop that serves them.
    init(on port: UInt16, clock: ThreadClock) async throws {
        self.clock = clock
        ping = try ChatClient(port: port)
        pong = try ChatClient(port: port)
        // In a room of their own: who hears a flood has to read it first.
        for (name, client) in [("ping", ping), ("pong", pong)] {
            try client.send("\(name):\n/join aparte\n")
            try await client.barrier()
        }
    }

    /// The times from a question to its answer.
    struct Delays {
        /// By the clock on the wall, in milliseconds, sorted: other processes count too.
        var wall: [Double] = []
        /// The turns of the loop meanwhile, in milliseconds, sorted.
        var loop: [Double] = []
    }

    /// Asks again and again for some time.
    func delays(for time: Duration) async throws -> Delays {
        try await DedicatedThread.run(named: "ping pong") {
            // Clients have processors of their own; where that is allowed, they come first here.
            setpriority(Int32(PRIO_PROCESS.rawValue), 0, -15)
            var delays = Delays()
            let end = SystemClock().monotonic() + time
            var round = 0
            while SystemClock().monotonic() < end {
                let (start, loopStart) = (SystemClock().monotonic(), clock.now)
                round += 1
                // Who waits for 20 s waits no longer; it counts as so long.
                let isAnswered =
                    (try? say("ping: \(round)\n", by: ping, to: pong)) != nil
                    && (try? say("pong: \(round)\n", by: pong, to: ping)) != nil
                delays.wall.append((SystemClock().monotonic() - start) / .milliseconds(1))
                delays.loop.append(Double(clock.now - loopStart) / 1e6)
                if !isAnswered { break }
                usleep(1_000)
            }
            delays.wall.sort()
            delays.loop.sort()
            return delays
        }
    }

    private func say(_ line: String, by one: ChatClient, to other: ChatClient) throws {
        try one.send(line)
        let wanted = Array(line.dropLast().utf8)
        while let line = try other.bytesOfLine(), line != wanted {}
    }
}

extension [Double] {
    /// The value that so many of a hundred are not above.
    func percentile(_ percent: Double) -> Double {
        isEmpty ? 0 : self[Swift.min(count - 1, Int(Double(count) * percent / 100))]
    }
}
