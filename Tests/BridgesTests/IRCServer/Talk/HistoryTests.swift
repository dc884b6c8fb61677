import MessageBus
import TestSupport
import Testing

@testable import IRCServerBridge

/// Earlier messages, shown on joining and on request.
@Suite(.timeLimit(.minutes(10))) struct HistoryTests {
    @Test func `who joins is shown the last texts, with or without times`() async throws {
        let host = try await IRCHost { $0.historyOnJoin = 2 }
        let chat = try await host.chat("bob")
        try chat.send("uno\ndos\n/reply bob tres\n")
        try await chat.barrier()
        let old = try await host.client("old", in: [])
        try old.send("JOIN #general")
        let lines = try await old.barrier().withoutNumerics
        #expect(lines.count == 3)
        #expect(lines.first == ":old!old@irc JOIN #general")
        let texts = lines.dropFirst().map { $0.replacing(/\[\d\d:\d\d\]/, with: "[12:34]") }
        #expect(
            texts == [
                ":bob!tcp@tcp PRIVMSG #general :[12:34] dos",
                ":bob!tcp@tcp PRIVMSG #general :[12:34] [↩ bob: dos] tres",
            ])
        let timed = try await host.client("timed", "server-time batch", in: [])
        try timed.send("JOIN #general")
        let batch = try await timed.barrier().withoutNumerics.dropFirst()
        #expect(batch.first?.contains("BATCH +") == true)
        #expect(batch.dropFirst().first?.hasSuffix(":bob!tcp@tcp PRIVMSG #general :dos") == true)
        #expect(batch.dropFirst().first?.contains("@time=") == true)
        let asking = try await host.client("asking", "draft/chathistory batch", in: [])
        try asking.send("JOIN #general")
        #expect(try await asking.barrier().withoutNumerics == [":asking!asking@irc JOIN #general"])
        try await host.stop()
    }

    @Test(arguments: [
        ("LATEST #general * 2", ["t8", "t9"]), ("LATEST #general msgid=5 50", ["t8", "t9"]),
        ("BEFORE #general msgid=2 2", ["t0", "t1"]), ("AFTER #general msgid=2 2", ["t3", "t4"]),
        ("AROUND #general msgid=2 3", ["t1", "t2", "t3"]),
        ("BETWEEN #general msgid=1 msgid=5 2", ["t2", "t3"]),
        ("BETWEEN #general msgid=5 msgid=1 2", ["t3", "t4"]),
    ])
    func `earlier texts are found by their numbers`(
        question: String, expected: [String]
    ) async throws {
        let host = try await IRCHost(store: MemoryStore())
        let ana = try await host.client("ana", "echo-message batch message-tags draft/chathistory")
        var numbers: [Substring] = []
        for index in 0..<10 {
            try ana.send("PRIVMSG #general :t\(index)")
            let line = try #require(try await ana.until("t\(index)").last)
            numbers.append(try #require(line.split(separator: " ").first?.dropFirst(7)))
        }
        // The tests name messages by their place.
        let asked = question.replacing(/msgid=(\d)/) { "msgid=\(numbers[Int($0.1) ?? 0])" }
        try ana.send("CHATHISTORY \(asked)")
        let lines = try await ana.barrier()
        #expect(lines.first?.contains("chathistory #general") == true)
        let texts = lines.dropFirst().dropLast().compactMap { $0.split(separator: ":").last }
        if question.hasPrefix("LATEST #general msgid") {
            #expect(texts.map(String.init) == ["t6", "t7", "t8", "t9"])
        } else {
            #expect(texts.map(String.init) == expected)
        }
        try await host.stop()
    }

    @Test(arguments: [
        ("LATEST #general * 5", ["t0", "t1", "t2", "t9"]), ("LATEST #general * 2", ["t2", "t9"]),
        ("BEFORE #general msgid=9 2", ["t1", "t2"]), ("AFTER #general msgid=2 1", ["t9"]),
        ("AROUND #general msgid=9 3", ["t2", "t9"]), ("BETWEEN #general msgid=9 msgid=0 1", ["t2"]),
    ])
    func `deleted texts do not stand in the place of others`(
        question: String, expected: [String]
    ) async throws {
        let host = try await IRCHost(store: MemoryStore()) { $0.historyOnJoin = 3 }
        let ana = try await host.client(
            "ana", "echo-message batch message-tags draft/chathistory draft/message-redaction")
        var numbers: [Substring] = []
        for index in 0..<10 {
            try ana.send("PRIVMSG #general :t\(index)")
            let line = try #require(try await ana.until("t\(index)").last)
            numbers.append(try #require(line.split(separator: " ").first?.dropFirst(7)))
        }
        for index in 3..<9 {
            try ana.send("REDACT #general \(numbers[index]) :\(index)")
            _ = try await ana.until(" :\(index)")
        }
        // The tests name messages by their place.
        let asked = question.replacing(/msgid=(\d)/) { "msgid=\(numbers[Int($0.1) ?? 0])" }
        try ana.send("CHATHISTORY \(asked)")
        let lines = try await ana.barrier().filter { $0.contains("PRIVMSG") }
        #expect(lines.compactMap { $0.split(separator: ":").last.map(String.init) } == expected)
        let eva = try await host.client("eva", in: [])
        try eva.send("JOIN #general")
        let shown = try await eva.barrier().filter { $0.contains("PRIVMSG") }
        #expect(shown.map { String($0.suffix(2)) } == ["t1", "t2", "t9"])
        try await host.stop()
    }

    @Test func `where all that follows is deleted, what stands before is shown`() async throws {
        let host = try await IRCHost(store: MemoryStore())
        let ana = try await host.client(
            "ana", "echo-message batch message-tags draft/chathistory draft/message-redaction")
        var number = Substring()
        for index in 0..<3 {
            try ana.send("PRIVMSG #general :t\(index)")
            let line = try #require(try await ana.until("t\(index)").last)
            number = try #require(line.split(separator: " ").first?.dropFirst(7))
        }
        try ana.send("REDACT #general \(number) :typo")
        _ = try await ana.until(" :typo")
        for reference in ["msgid=\(number)", "timestamp=2999-01-01T00:00:00.000Z"] {
            try ana.send("CHATHISTORY AROUND #general \(reference) 1")
            let lines = try await ana.barrier().filter { $0.contains("PRIVMSG") }
            #expect(lines.compactMap { $0.split(separator: ":").last } == ["t1"])
        }
        try await host.stop()
    }

    @Test func `questions about messages and times that never were are answered`() async throws {
        let host = try await IRCHost(store: MemoryStore())
        let ana = try await host.client("ana", "echo-message draft/chathistory")
        let references = [
            "msgid=0", "msgid=1", "msgid=\(UInt64.max)", "timestamp=1970-01-01T00:00:00.000Z",
            "timestamp=2020-01-01T00:00:00.000Z", "timestamp=9999-12-31T23:59:59.999Z",
        ]
        for round in 0..<2 {
            for (reference, other) in zip(references, references.reversed()) {
                for command in ["AROUND", "BEFORE", "AFTER", "LATEST"] {
                    try ana.send("CHATHISTORY \(command) #general \(reference) 5")
                    try ana.send("CHATHISTORY \(command) eva \(reference) 5")
                }
                try ana.send("CHATHISTORY BETWEEN #general \(reference) \(other) 5")
                _ = try await ana.barrier()
            }
            if round == 0 { try ana.send("PRIVMSG #general :hola") }
        }
        try await host.stop()
    }

    @Test func `one's own message is taken back, and nobody else's`() async throws {
        let host = try await IRCHost(store: MemoryStore())
        let capabilities = "echo-message message-tags draft/message-redaction"
        let ana = try await host.client("ana", capabilities)
        let eva = try await host.client("eva", capabilities)
        try ana.send("PRIVMSG #general :perdón")
        let line = try #require(try await ana.until("perdón").last)
        let number = try #require(line.split(separator: " ").first?.dropFirst(7))
        try eva.send("REDACT #general \(number)", "REDACT #general nada")
        let refusals = try await eva.until("no such message")
        #expect(
            refusals.suffix(2).map { $0.split(separator: " ").prefix(4).joined(separator: " ") }
                == [
                    ":puente.irc FAIL REDACT REDACT_FORBIDDEN",
                    ":puente.irc FAIL REDACT UNKNOWN_MSGID",
                ])
        try ana.send("REDACT #general \(number) :typo")
        #expect(
            try await eva.until(":typo").last == ":ana!ana@irc REDACT #general \(number) :typo")
        try await host.stop()
    }

    @Test func `a read marker only moves forward`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client("ana", "draft/read-marker", in: [])
        try ana.send("MARKREAD #general timestamp=2026-11-29T19:05:10.123Z")
        try ana.send("MARKREAD #general timestamp=2026-11-29T19:05:09.000Z", "JOIN #general")
        let shown = "timestamp=2026-11-29T19:05:10.123Z"
        #expect(
            try await ana.barrier().filter { $0.contains("MARKREAD") }
                == [String](repeating: ":puente.irc MARKREAD #general \(shown)", count: 3))
        try await host.stop()
    }
}
