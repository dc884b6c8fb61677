import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    /// Law 3 and law 4: what comes in is in the log once, what goes out is not lost, whenever the
    /// process is killed.
    @Suite(.timeLimit(.minutes(10))) struct CrashTests {
        private static let group = TelegramHost.group

        @Test(arguments: Seeded.some)
        func `crashes at any moment neither lose nor repeat`(seed: UInt64) async throws {
            var random = Seeded(seed)
            var disk = MemoryStore.Disk()
            let clock = ManualClock()
            let server = try BotServer(clock: clock)
            await server.perform { state in
                state.chats[Self.group] = BotChat()
                state.random = Seeded(seed)
                state.floodLength = 2
            }
            var (said, heard, crashes) = (0, 0, 0)
            var accepted: [String] = []
            for round in 0...12 {
                let isLast = round == 12
                let store = MemoryStore(disk)
                let host = try await TelegramHost {
                    $0.store = store
                    $0.server = server
                    $0.clock = clock
                }
                await server.perform { $0.chance = isLast ? 0 : 10 }
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let count = Int.random(in: 0...3, using: &random)
                    let first = heard
                    heard += count
                    await server.perform { state in
                        for number in 0..<count {
                            state.say("in \(first + number)", in: Self.group)
                        }
                    }
                    let drafts = (0..<Int.random(in: 0...30, using: &random)).map {
                        Draft("out \(said + $0)", from: "ana")
                    }
                    said += drafts.count
                    // Accepted is what the store has.
                    if !drafts.isEmpty {
                        try await host.other.publish(
                            drafts, checkpoint: Checkpoint(key: "s", state: [1]))
                        accepted += drafts.map { "ana: \($0.text)" }
                    }
                    await host.pass(
                        .milliseconds(Int.random(in: 0...8_000, using: &random)),
                        step: .milliseconds(200))
                }
                if isLast {
                    let whole = accepted.count
                    await host.until(step: .milliseconds(200)) { state in
                        state.pending == 0
                            && Set(state.chats[Self.group]?.lines ?? []).count >= whole
                    }
                    disk = store.disk
                    try await host.stop()
                } else {
                    // The process is gone: what was not kept never was.
                    store.hold()
                    disk = store.disk
                    crashes += 1
                    let knowsFlood = await Self.knowsFlood(disk, at: host.port.now)
                    await host.crash()
                    await server.perform { state in
                        state.chance = 0
                        // A wait in an answer that has died with the process can't be obeyed.
                        if !knowsFlood { state.endFlood(in: Self.group) }
                    }
                }
            }
            let texts = disk.messages.map(\.text).filter { $0.hasPrefix("in ") }
            #expect(texts == (0..<heard).map { "in \($0)" })
            let posts = await server.perform { $0.chats[Self.group]?.posts ?? [] }
            var once: [String] = []
            var repeated = 0
            for post in posts {
                let lines = post.text.split(separator: "\n").map(String.init)
                if lines.allSatisfy(once.contains) { repeated += 1 } else { once += lines }
            }
            // Whatever was sent twice was sent as the same message, so what is new is in order.
            #expect(once == accepted)
            let faults = await server.perform { $0.possibleDuplicates }
            #expect(repeated <= crashes + faults)
            #expect(await server.perform { $0.misbehaviour } == [])
        }

        private static func knowsFlood(_ disk: MemoryStore.Disk, at now: Timestamp) -> Bool {
            let kept = disk.checkpoints["telegram"]?[FloodWait.checkpointKey(group)] ?? []
            return FloodWait(kept).map { $0.remaining(at: now) > .zero } ?? false
        }

        @Test func `a message of several parts goes on with the part it has come to`() async throws
        {
            let clock = ManualClock()
            let server = try BotServer(clock: clock)
            await server.perform { $0.chats[Self.group] = BotChat() }
            let phrases = (0..<2_500).map { "word\($0)" }
            let store = MemoryStore()
            let first = try await TelegramHost {
                $0.store = store
                $0.server = server
                $0.clock = clock
            }
            try await first.other.publish(phrases.joined(separator: " "), from: "ana")
            await first.until { $0.chats[Self.group]?.posts.count == 2 }
            // The second part is kept as begun before it is sent.
            store.hold()
            let disk = store.disk
            await first.crash()
            let second = try await first.next(disk)
            await second.until { $0.chats[Self.group]?.lines.last?.hasSuffix("word2499") == true }
            let posts = await second.posts().map(\.text)
            #expect(posts.count <= 7)
            #expect(posts.count { $0 == posts[0] } == 1)
            let parts = posts.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            let lines = parts.flatMap { $0.split(separator: "\n").map { $0.dropFirst(5) } }
            #expect(lines.flatMap { $0.split(separator: " ").map(String.init) } == phrases)
            try await second.stop()
        }

        @Test(arguments: ["{name} says: {text}", "{text}"])
        func `what is under way is sent as it was planned, whatever has changed since`(
            format: String
        ) async throws {
            let (phrases, store) = (Self.phrases(2_500), MemoryStore())
            let first = try await TelegramHost { $0.store = store }
            try await first.other.publish(phrases.joined(separator: " "), from: "ana")
            await first.until { $0.chats[Self.group]?.posts.count == 2 }
            store.hold()
            let disk = store.disk
            await first.crash()
            let second = try await first.next(disk) { $0.options.outgoingFormat = format }
            await second.until { $0.chats[Self.group]?.lines.last?.hasSuffix("word2499") == true }
            let parts = await second.posts().map(\.text).reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }
            #expect(parts.allSatisfy { $0.hasPrefix("ana: ") })
            let found = parts.flatMap { $0.dropFirst(5).split(separator: " ").map(String.init) }
            #expect(found == phrases)
            try await second.stop()
        }

        @Test func `a stop in the middle of a long message costs nothing`() async throws {
            let (phrases, store) = (Self.phrases(5_000), MemoryStore())
            let first = try await TelegramHost { $0.store = store }
            try await first.other.publish(phrases.joined(separator: " "), from: "ana")
            await first.until { $0.chats[Self.group]?.posts.count == 2 }
            try await first.stop()
            let count = await first.posts().count
            #expect((3...10).contains(count))
            let second = try await first.next(store.disk)
            await second.until { $0.chats[Self.group]?.lines.last?.hasSuffix("word4999") == true }
            let posts = await second.posts()
            #expect(posts.count > count)
            let found = posts.flatMap {
                $0.text.dropFirst(5).split(separator: " ").map(String.init)
            }
            #expect(found == phrases)
            #expect(!second.test.log.sentences.contains { $0.contains("more than once") })
            try await second.stop()
        }

        private static func phrases(_ count: Int) -> [String] { (0..<count).map { "word\($0)" } }

        @Test func `a flood outlives a restart`() async throws {
            let clock = ManualClock()
            let server = try BotServer(clock: clock)
            await server.perform { state in
                state.chats[Self.group] = BotChat()
                state.faults["sendMessage"] = [.flood]
                state.floodLength = 40
            }
            let store = MemoryStore()
            let first = try await TelegramHost {
                $0.store = store
                $0.server = server
                $0.clock = clock
            }
            try await first.other.publish("uno", from: "ana")
            await first.logged("nothing is sent to")
            await first.until { _ in
                store.disk.checkpoints["telegram"]?.keys.contains { $0.hasPrefix("flood") } == true
            }
            await first.crash()
            let disk = MemoryStore(store.disk)
            let second = try await first.next(store.disk) { $0.store = disk }
            await second.until { $0.chats[Self.group]?.posts.count == 1 }
            #expect(try #require(await second.posts().first).time >= .after(.seconds(40)))
            // It is over, and forgotten.
            await second.until { _ in
                disk.disk.checkpoints["telegram"]?.keys.contains { $0.hasPrefix("flood") } == false
            }
            try await second.stop()
        }

        @Test func `a clock that was set back makes no flood longer`() async throws {
            let group = Self.group
            let clock = ManualClock()
            let start = clock.wall()
            let end = start + .seconds(40)
            for (kept, most) in [
                ("40000 \(start.milliseconds)", 41), ("\(end.milliseconds)", 1),
            ] {
                var disk = MemoryStore.Disk()
                disk.checkpoints["telegram"] = ["flood \(group)": Array(kept.utf8)]
                let back = ManualClock(startingAt: start - .seconds(30 * 86_400))
                let host = try await TelegramHost {
                    $0.store = MemoryStore(disk)
                    $0.clock = back
                }
                try await host.other.publish("uno", from: "ana")
                await host.until { $0.chats[group]?.posts.count == 1 }
                let time = try #require(await host.posts().first).time
                #expect(time <= .after(.seconds(most)), "\(kept)")
                if most > 1 {
                    #expect(time >= .after(.seconds(40)))
                    #expect(
                        host.test.log.sentences.contains {
                            $0.contains("before the start (too many requests): nothing is sent to")
                        })
                }
                try await host.stop()
            }
        }

        @Test(arguments: [(0, true), (5, true), (-5, true), (7, false), (-7, false), (-400, false)])
        func `a clock that was set far tells nothing of the poll's progress`(
            days: Int64, isTrusted: Bool
        ) {
            let kept = Array("5 \(1_000 * Int64(86_400_000))".utf8)
            let progress = UpdateProgress(checkpoints: ["updates": kept])
            let now = Timestamp(milliseconds: (1_000 + days) * 86_400_000)
            #expect(progress.offset(at: now) == (isTrusted ? 5 : nil))
        }
    }
}
