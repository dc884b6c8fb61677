import MessageBus
import Testing

@testable import Chat

@Suite struct PhrasesTests {
    @Test func `notices and headings read as promised`() {
        let (es, en) = (Phrases(.es), Phrases(.en))
        #expect(es.joined("Ana") == "Ana se ha unido al chat.")
        #expect(es.left("Ana") == "Ana ha abandonado el chat.")
        #expect(es.renamed("Ana", to: "Bob") == "Ana ahora es Bob.")
        #expect(es.left("Ana", for: "logs") == "Ana se ha ido a logs.")
        #expect(es.privateHeading(from: "Ana", to: "Bob") == "Ana → Bob (privado): ")
        #expect(es.answer(.skipped, es.skipped(7)) == "servidor: [skipped] 7")
        #expect(en.joined("Ana") == "Ana joined the chat.")
        #expect(en.left("Ana") == "Ana left the chat.")
        #expect(en.renamed("Ana", to: "Bob") == "Ana is now Bob.")
        #expect(en.left("Ana", for: "logs") == "Ana went to logs.")
        #expect(en.privateHeading(from: "Ana", to: "Bob") == "Ana → Bob (private): ")
        #expect(en.answer(code: "spam", "no") == "server: [spam] no")
        #expect(en.answer(.ok, "") == "server: [ok]")
    }

    @Test func `the codes are those of the protocol`() {
        let promised = """
            announce bad-name name-in-use need-name bad-text too-long rate-limited dropped unknown-command \
            unknown-user unknown-room unknown-message bad-arguments login-required login-failed \
            insecure forbidden full skipped ok info
            """
        #expect(AnswerCode.allCases.map(\.rawValue).joined(separator: " ") == promised)
    }

    @Test func `the words that no name may hold are those of the protocol`() {
        #expect(
            Phrases.noticeWords == [
                " se ha unido", " ha abandonado", " ahora es ", " se ha ido a ", " joined the chat",
                " left the chat", " is now ", " went to ",
            ])
        #expect(Phrases.serverKeys == ["servidor", "server"])
    }

    @Test(arguments: Language.allCases)
    func `sentences are one clean line each and differ between languages`(language: Language) {
        let (mine, other) = (
            sentences(Phrases(language)), sentences(Phrases(language == .es ? .en : .es))
        )
        for (sentence, translation) in zip(mine, other) {
            #expect(!sentence.isEmpty && sentence != translation)
            #expect(sentence.utf8.count < 100, "\(sentence)")
            let isClean = Array(sentence.utf8).withUnsafeBytes { TextCleaning.isClean($0) }
            #expect(isClean)
        }
    }

    @Test(arguments: Language.allCases)
    func `help names every command`(language: Language) {
        let help = Phrases(language).help
        #expect(help.count == ChatCommand.allCases.count)
        for (line, command) in zip(help, ChatCommand.allCases) {
            #expect(line.hasPrefix("/\(command.rawValue)"))
        }
    }

    @Test func `a name that is too long is told both limits`() {
        for language in [Language.es, .en] {
            let text = Phrases(language).badName(.tooLong)
            #expect(text.contains("32") && text.contains("64"))
        }
    }

    @Test func `lists show people and rooms`() {
        let phrases = Phrases(.es)
        #expect(phrases.person("Ana", on: ["tcp"]) == "Ana (tcp)")
        #expect(phrases.person("Ana", on: ["tcp", "web"]) == "Ana (tcp, web)")
        #expect(phrases.person("Ana (telegram)", on: ["telegram"]) == "Ana (telegram)")
        #expect(phrases.room("general", people: 1, isOwn: true) == "general: 1 persona, estás aquí")
        #expect(phrases.room("otra", people: 0, isOwn: false) == "otra: 0 personas")
    }

    private func sentences(_ phrases: Phrases) -> [String] {
        let problems: [NameProblem] = [
            .empty, .tooLong, .reserved(":"), .leadingSign("/"), .misplacedSpace, .strangeSpace,
            .invisible, .unknownCharacter, .loneMark, .server, .notice, .guest,
            .reservedEnding, .number, .mixedScripts,
        ]
        return problems.map(phrases.badName) + ChatCommand.allCases.map(phrases.purpose)
            + ChatCommand.allCases.map(phrases.badArguments) + [
                phrases.nameInUse, phrases.needName, phrases.missingSpace, phrases.badText,
                phrases.tooLong(max: 8192),
                phrases.rateLimited, phrases.dropped, phrases.unknownCommand("x"),
                phrases.unknownUser,
                phrases.unreachableUser("x"), phrases.unknownRoom(),
                phrases.unknownRoom(meant: "x"),
                phrases.unknownCommand("hlep"), phrases.unknownMessage(number: 1),
                phrases.unknownMessageOfUser, phrases.tooManyCommands(seconds: 3),
                phrases.unclearName(.msg), phrases.loginRequired, phrases.loginFailed,
                phrases.insecure, phrases.forbidden, phrases.full, phrases.nameIs("Ana"),
                phrases.roomIs("x"),
                phrases.goodbye, phrases.noHistory, phrases.server, phrases.nameless,
                phrases.privately,
            ]
    }
}
