import MessageBus

/// A bridge that runs on the bus of a test, and listens at a port of 127.0.0.1.
///
/// Safe from any thread.
package struct RunningBridge: Sendable {
    /// Its place on the bus.
    package let attachment: BridgeAttachment
    /// The port that it listens on.
    package let port: UInt16
    fileprivate let run: Task<Void, any Error>

    /// Cancels it, as the supervisor does when it has waited long enough.
    package func cancel() { run.cancel() }
}

extension TestBus {
    /// Starts a bridge, and returns when it listens.
    package func start(_ bridge: any Bridge, on port: Port) async -> RunningBridge {
        let run = Task { try await self.run(bridge, on: port) }
        let name = port.attachment.name
        return RunningBridge(
            attachment: port.attachment,
            port: await listeningPort { $0.bridge == name && $0.sentence.contains("127.0.0.1:") },
            run: run)
    }

    /// Returns the port in the first line of the log that fits, once there is one.
    package func listeningPort(
        where fits: @escaping @Sendable (Log.Entry) -> Bool
    ) async -> UInt16 {
        let sentence = await log.first(where: fits).sentence
        return UInt16(sentence.split(separator: ":").last?.prefix(while: \.isNumber) ?? "") ?? 0
    }

    /// Returns when bridges have ended.
    ///
    /// Turns the clock meanwhile: connections are closed when it is known that all has arrived, or
    /// after a while.
    package func waitUntilEnded(_ bridges: [RunningBridge]) async throws {
        let turning = Task {
            while !Task.isCancelled {
                self.advance(by: .milliseconds(20))
                await self.settle()
            }
        }
        defer { turning.cancel() }
        for bridge in bridges { try await bridge.run.value }
    }
}
