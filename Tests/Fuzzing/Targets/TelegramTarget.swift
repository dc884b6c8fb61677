import Chat
import JSON
import MessageBus
import TestSupport

@testable import TelegramBridge

extension FuzzTarget {
    /// An answer of the Bot API: `{"ok":true,"result":[…]}`, as a call and a poll take it.
    static let telegram = FuzzTarget(waiting: "telegram") { input in
        guard let answer = JSONReader.read(input) else { return }
        try require(
            JSONReader.read(answer.encoded)?.encoded == answer.encoded,
            "values are read as they are written: \(answer)")
        if answer["ok"].isTrue {
            try await TelegramLaws().check(answer["result"].elements)
        } else {
            let apiError = BotAPIError(
                code: answer["error_code"].integer ?? 0,
                description: answer["description"].string ?? "",
                parameters: answer["parameters"], retryAfter: nil)
            try Output.check(line: apiError.description)
        }
    }
}

/// The laws for what comes from Telegram.
private struct TelegramLaws {
    private static let phrases = Phrases(.es)
    private let test: TestBus
    private let settings: BridgeSettings

    /// Makes a bus with a telegram bridge whose chats are -100 and its topic 7.
    init() async throws {
        test = try TestBus(namePolicy: .chat(.es))
        settings = BridgeSettings(
            port: await test.port("telegram"), phrases: Self.phrases,
            composer: TelegramComposer(phrases: Self.phrases, format: "{name}: {text}"),
            wording: MessageWording(Self.phrases), relaysNotices: true, showsEdits: true,
            time: PauseClock(test.clock))
    }

    /// Publishes the messages of updates, twice.
    func check(_ updates: [JSON]) async throws {
        let chats = ChatBindings(
            [ChatLocation(chat: -100): "general", ChatLocation(chat: -100, topic: 7): "general"],
            checkpoints: [:])
        var inbox = TelegramInbox(
            settings, chats, me: 1, progress: UpdateProgress(),
            BlockedChats(settings, isOn: false), nil, onMember: { _ in })
        _ = try await inbox.publish(updates)
        let messages = await messages()
        for message in messages { try check(message) }
        // As many as are remembered.
        guard messages.count <= 200 else { return }
        _ = try await inbox.publish(updates)
        try require(
            await self.messages().count == messages.count,
            "an update that comes again is nothing new")
    }

    /// Returns everything that has come into the room.
    private func messages() async -> [Message] {
        await test.bus.perform { bus in
            guard let log = bus.room("general")?.log else { return [] }
            return log.messages(from: log.start, atMost: .max)
        }
    }

    /// Checks a message as people read it in the chat: lines of somebody on Telegram, which nobody
    /// could have sent from a socket (law 5), and as another group is sent it.
    private func check(_ message: Message) throws {
        try require(
            message.sender.name.hasSuffix(" (telegram)"), "people are shown with their bridge")
        var sent: [UInt8] = []
        ChatEncoder(Self.phrases).append(message, to: &sent)
        let count = message.kind.isNotice ? 1 : message.text.utf8.count { $0 == 0x0A } + 1
        try Output.check(sent, lines: count)
        let grammar = LineGrammar(Self.phrases)
        for line in sent.split(separator: 0x0A) {
            try require(
                line.starts(with: message.sender.name.utf8), "a line begins with its sender")
            let read = Array(line).withUnsafeBytes { grammar.meaning(of: $0, from: nil) }
            switch read {
            case .refused, .nameless: break
            case .enter, .leave, .content:
                throw BrokenLaw(description: "a line from Telegram is \(read)")
            }
        }
        for text in settings.composer.lines(of: message, quotes: true) {
            try require(
                text.utf16.count <= TelegramComposer.maxUnits,
                "a line fits into a message of Telegram's")
        }
    }
}
