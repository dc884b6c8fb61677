#if DEBUG
    import Locking
    import Sockets
    import Testing

    @testable import Store

    /// The checks of who uses what is confined to the store's thread, each in a process of its own
    /// that traps.
    @Suite(.timeLimit(.minutes(10))) struct StoreOwnershipTests {
        private func hasTrapped(_ result: ExitTest.Result?) -> Bool {
            String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
                .contains("confined to the thread that has claimed it")
        }

        @Test func `only the thread that has claimed a connection writes by it`() async {
            let result = await #expect(
                processExitsWith: .failure, observing: [\.standardErrorContent]
            ) {
                let folder = StoreFolder()
                let confinement = ThreadConfinement()
                let connection = try WriteConnection(folder.file, confinement)
                // Until then, whoever has opened it.
                try connection.set("indexed", 0)
                try await DedicatedThread.run(named: "store") { confinement.claim() }
                try connection.set("indexed", 1)
            }
            #expect(hasTrapped(result))
        }

        @Test func `only the store's thread deletes what is old`() async {
            let result = await #expect(
                processExitsWith: .failure, observing: [\.standardErrorContent]
            ) {
                let folder = StoreFolder()
                let confinement = ThreadConfinement()
                let connection = try WriteConnection(folder.file, confinement)
                let retention = Retention(history: .seconds(1), bridges: [], start: .distantPast)
                try await DedicatedThread.run(named: "store") { confinement.claim() }
                try retention.advance(connection, at: .distantPast, time: .epoch, indexed: 0)
            }
            #expect(hasTrapped(result))
        }
    }
#endif
