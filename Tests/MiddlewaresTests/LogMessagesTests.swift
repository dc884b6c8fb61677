import MessageBus
import TestSupport
import Testing

@testable import Middlewares

@Suite struct LogMessagesTests {
    private let everything = Condition(kinds: Condition.Kind.allCases)

    private func lines(
        _ messages: [Message], text: Bool = true, language: Language = .en
    ) -> [String] {
        let log = RecordedLines()
        var options = LogMessages.Options()
        options.text = text
        var trial = Trial(
            LogMessages(options, .make(language: language, log: log)), when: everything)
        for message in messages {
            #expect(trial.judge(message) == .passed(message.text))
        }
        return log.lines
    }

    private var all: [Message] {
        [
            .make(number: 7), .make("", kind: .join), .make("", kind: .leave),
            .make("", kind: .rename, other: .make("bea")),
            .make("adiós", kind: .edit, room: "logs"),
            .make("psst", other: .make("bea"), isPrivate: true),
        ]
    }

    @Test func `a line has the number, the room, the bridge, the sender and the text`() {
        #expect(
            lines(all) == [
                "info: #7 general chat ana: hola", "info: #1 general chat ana has joined",
                "info: #1 general chat ana has left", "info: #1 general chat ana is now bea",
                "info: #1 logs chat ana (edited): adiós",
            ])
        #expect(
            lines(Array(all[1...4]), language: .es) == [
                "info: #1 general chat ana se ha unido", "info: #1 general chat ana ha salido",
                "info: #1 general chat ana ahora es bea", "info: #1 logs chat ana (editado): adiós",
            ])
    }

    @Test func `a private message leaves no line`() {
        #expect(all.last?.isPrivate == true)
        #expect(lines(Array(all.suffix(1))) == [])
        #expect(lines(Array(all.suffix(1)), text: false) == [])
    }

    @Test func `without the text its length is logged`() {
        #expect(lines([.make("ñ")], text: false) == ["info: #1 general chat ana (2 bytes)"])
    }

    @Test func `a message of several lines is one line`() {
        #expect(
            lines([.make("a\n#2 general chat bea: b")]) == [
                #"info: #1 general chat ana: a\n#2 general chat bea: b"#
            ])
    }

    @Test func `lines below the level are not made`() {
        let log = RecordedLines()
        var options = LogMessages.Options()
        options.level = .debug
        var trial = Trial(LogMessages(options, .make(log: log)))
        #expect(trial.judge("hola") == .passed("hola"))
        #expect(log.lines.isEmpty)
        var shown = Trial(LogMessages(options, .make(log: log, from: .debug)))
        #expect(shown.judge("hola") == .passed("hola"))
        #expect(log.lines == ["debug: #1 general chat ana: hola"])
    }

    @Test func `a file takes the lines instead, with the time`() {
        let log = RecordedLines()
        let file = RecordedLines()
        var options = LogMessages.Options()
        options.file = "chat.log"
        options.level = .debug
        var trial = Trial(LogMessages(options, .make(log: log, files: file)))
        _ = trial.judge(.make(time: 1_772_323_199_007))
        #expect(file.paths == ["chat.log"])
        #expect(file.lines == ["2026-02-28T23:59:59.007Z #1 general chat ana: hola"])
        #expect(log.lines.isEmpty)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
    ])
    func `times are written as ISO 8601 has them`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).inUTC == text)
    }
}
