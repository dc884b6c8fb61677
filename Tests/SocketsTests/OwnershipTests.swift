#if DEBUG
    import Glibc
    import Sockets
    import Testing

    /// The checks of who uses what is confined to a loop, each in a process of its own that traps.
    @Suite(.timeLimit(.minutes(10))) struct OwnershipTests {
        final class Nobody: EventHandler {
            func handle(_ ready: Readiness) {}
        }

        /// Returns once a loop runs.
        static func run(_ loop: EventLoop) async throws {
            try loop.start()
            await withCheckedContinuation { continuation in
                loop.perform { continuation.resume() }
            }
        }

        private func hasTrapped(_ result: ExitTest.Result?) -> Bool {
            String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
                .contains("confined to the event loop's thread")
        }

        @Test func `only the loop's thread closes a connection`() async {
            let result = await #expect(
                processExitsWith: .failure, observing: [\.standardErrorContent]
            ) {
                let loop = try EventLoop()
                var ends: [Int32] = [-1, -1]
                socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
                let connection = try Connection(ends[0], on: loop, handler: Nobody())
                try await OwnershipTests.run(loop)
                connection.close()
            }
            #expect(hasTrapped(result))
        }

        @Test func `only the loop's thread cancels a timer`() async {
            let result = await #expect(
                processExitsWith: .failure, observing: [\.standardErrorContent]
            ) {
                let loop = try EventLoop()
                let timer = LoopTimer {}
                loop.set(timer, after: .seconds(3_600))
                try await OwnershipTests.run(loop)
                timer.cancel()
            }
            #expect(hasTrapped(result))
        }
    }
#endif
