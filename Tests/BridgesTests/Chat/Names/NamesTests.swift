import MessageBus
import Testing

@testable import Chat

/// Returns the problem of a name, or `nil` for a valid one.
func problem(_ raw: String) -> NameProblem? {
    do throws(NameProblem) {
        _ = try Name(raw)
        return nil
    } catch {
        return error
    }
}

@Suite struct NamesTests {
    @Test(arguments: [
        "a", "Ana", "ana maría", "José Luis de la O", "o'neill", "x_y-z.w~a", "Ñandú", "漢字",
        "Ωμέγα",
        "Иван", "1a", "¡olé!", "😀", "👍🏽", "🇪🇸", "a/b#c@d*e", "C++", "Ana.", "'q'", "a=b{c}|<d>", "é̱",
        "عمر", "न", "´", "…", "ﬁn", "v1.2", "invitado", "invitado-siete", "guest7", "漢字 kanji",
        "1-2-3", "1e", "sin nombre", "privado", "operador", "servidora",
        "my server",
        "ahora", "se ha", "joined", "the chat", "unido", "$&%+,;?^`\\",
        String(repeating: "ñ", count: 32), String(repeating: "a", count: 32),
        String(repeating: "😀", count: 16),
    ])
    func `letters, digits, single spaces and symbols are fine`(raw: String) {
        #expect(problem(raw) == nil)
    }

    @Test(arguments: [
        String(repeating: "a", count: 33), String(repeating: "ñ", count: 33),
        String(repeating: "😀", count: 17), String(repeating: "a", count: 9000),
        String(repeating: "e\u{301}", count: 33), "a" + String(repeating: "\u{301}", count: 40),
    ])
    func `more than 32 characters or 64 bytes are refused`(raw: String) {
        #expect(problem(raw) == .tooLong)
    }

    @Test(
        arguments: [
            ("\"q\"", "\""), ("a＂", "\""), (":", ":"), ("a:b", ":"), ("ana:", ":"),
            ("ana (telegram)", "("), ("a)", ")"),
            ("[x]", "["),
            ("x]", "]"), ("a → b", "→"), ("↩", "↩"), ("a：b", ":"), ("（a", "("), ("a）", ")"),
            ("［", "["), ("］", "]"), ("\u{FE55}", ":"), ("\u{FE13}", ":"), ("\u{2A74}", ":"),
            ("\u{2474}", "("), ("⁽", "("), ("₎", ")"), ("\u{FE59}", "("), ("\u{FE35}", "("),
            ("\u{FE47}", "["), ("￫", "→"), ("㈠", "("), ("🄐", "("),
            // What is only drawn like them.
            ("servidor꞉", "꞉"), ("Ana∶", "∶"), ("Ana˸", "˸"), ("Ana։", "։"), ("Ana׃", "׃"),
            ("operador ❨stdio❩", "❨"), ("Pepe ⸨telegram⸩", "⸨"), ("〔a〕", "〔"), ("a」", "」"),
            ("ana ⟶ bob", "⟶"), ("ana ➔ bob", "➔"), ("ana ⇒ bob", "⇒"),
        ] as [(String, Character)])
    func `the bus's own punctuation is refused in every form`(raw: String, found: Character) {
        #expect(problem(raw) == .reserved(found))
    }

    @Test(arguments: [
        "invitado-7", "Invitado-1", "guest-12", "ＧＵＥＳＴ-1", "invitado‐7", "invitado–7", "guest−3",
        "invitado-٧", "guest-１",
    ])
    func `a guest's name is not for choosing`(raw: String) throws {
        #expect(problem(raw) == .guest)
        #expect(try Name(raw, isChosen: false).key == NameFolding.key(raw))
        #expect(problem(raw + "x") == nil)
    }

    @Test(
        arguments: [
            ("/nick", "/"), ("#1", "#"), ("@ana", "@"), ("*", "*"), ("／x", "/"), ("＃x", "#"),
            ("＠x", "@"), ("＊x", "*"), ("\u{FE5F}x", "#"), ("\u{FE6B}x", "@"), ("\u{FE61}x", "*"),
        ] as [(String, Character)])
    func `a leading sign is refused in every form`(raw: String, found: Character) {
        #expect(problem(raw) == .leadingSign(found))
    }

    @Test(
        arguments: [
            ("", .empty), (" ", .misplacedSpace), (" a", .misplacedSpace), ("a ", .misplacedSpace),
            ("a  b", .misplacedSpace), ("a\u{A0}b", .strangeSpace), ("a\u{3000}b", .strangeSpace),
            ("a\u{2003}b", .strangeSpace), ("a\u{1680}b", .strangeSpace),
            ("a\u{2028}b", .strangeSpace),
            ("a\u{202F}b", .strangeSpace), ("a\tb", .invisible), ("a\nb", .invisible),
            ("a\u{0}", .invisible), ("a\u{7F}", .invisible), ("a\u{85}b", .invisible),
            ("a\u{200B}", .invisible), ("a\u{200D}b", .invisible), ("👩‍👧", .invisible),
            ("❤\u{FE0F}", .invisible), ("a\u{AD}b", .invisible), ("\u{FEFF}a", .invisible),
            ("a\u{202E}b", .invisible), ("a\u{2066}b", .invisible), ("a\u{200E}", .invisible),
            ("a\u{34F}b", .invisible), ("\u{3164}", .invisible), ("\u{115F}", .invisible),
            ("\u{FFA0}", .invisible), ("\u{2800}", .invisible), ("a\u{E0061}", .invisible),
            ("a\u{180E}", .invisible), ("a\u{FFF9}b", .invisible), ("\u{FFFC}", .invisible),
            ("a\u{17B5}", .invisible), ("\u{E000}", .unknownCharacter),
            ("\u{378}", .unknownCharacter),
            ("\u{10FFFF}", .unknownCharacter), ("\u{F0000}", .unknownCharacter),
            ("\u{301}a", .loneMark), ("a \u{301}b", .loneMark), ("\u{20E3}", .loneMark),
        ] as [(String, NameProblem)])
    func `spaces, invisible, unknown and lone characters are refused`(
        raw: String, expected: NameProblem
    ) {
        #expect(problem(raw) == expected)
    }

    @Test(arguments: [
        "servidor", "server", "Servidor", "SERVER", "ＳＥＲＶＥＲ", "ſerver", "ⓢervidor", "𝐬𝐞𝐫𝐯𝐞𝐫",
    ])
    func `the server's name is refused in any language and form`(raw: String) {
        #expect(problem(raw) == .server)
    }

    @Test(arguments: ["NickServ", "nickserv", "ＮickＳerv", "CHANSERV", "SaslServ"])
    func `nobody is called like a service that people give their passwords to`(raw: String) {
        #expect(problem(raw) == .service)
    }

    @Test(arguments: [
        "SERVİDOR", "servi\u{307}dor", "servi\u{323}\u{307}dor", "servi\u{307}\u{307}dor",
    ])
    func `a dot above a letter that has one makes no other name`(raw: String) throws {
        let isServer = !raw.unicodeScalars.contains("\u{323}")
        #expect(problem(raw) == (isServer ? .server : nil))
        #expect(NameFolding.key("Dani\u{307}") == "dani")
        #expect(NameFolding.key("bİb") == NameFolding.key("bib"))
        #expect(NameFolding.key("ė") != NameFolding.key("e"))
    }

    @Test(arguments: ["ana~", "~", "ana～"])
    func `names that somebody had to give up end in a tilde, and no others`(raw: String) {
        #expect(problem(raw) == .reservedEnding)
    }

    @Test(arguments: [
        "invitado-7", "Invitado-12", "guest-1", "ＧＵＥＳＴ-1", "guest–7", "invitado\u{2010}7",
        "invitado 7", "guest_7", "guest-٣",
    ])
    func `nobody can be called as guests are`(raw: String) {
        #expect(problem(raw) == .guest)
    }

    @Test(arguments: [
        "1", "007", "¹", "١٢", "3.14", "1,000", "-5", "127.0.0.1", "127.1", "10.0.0.0/8",
        "１２７.０.０.１",
    ])
    func `a number, an address or a block is no name`(raw: String) {
        #expect(problem(raw) == .number)
    }

    @Test(arguments: [
        "Аna", "Anа", "Ωmega", "αbc", "Ивaн", "Αна", "Ana Иван", "𝛂na", "µm", "Пётr", "\u{AB66}α",
    ])
    func `letters that look alike don't mix`(raw: String) {
        #expect(problem(raw) == .mixedScripts)
    }

    @Test func `a name may be composed of three and a half times its bytes`() throws {
        let raw = String(repeating: "\u{1FBE}\u{308}\u{301}", count: 32)
        #expect(raw.utf8.count == 224)
        #expect(try Name(raw).text.utf8.elementsEqual(String(repeating: "ΐ", count: 32).utf8))
    }

    @Test func `a guest has a name that nobody can choose`() {
        let guest = Name(guest: 7, phrases: Phrases(.es))
        #expect(guest.text == "invitado-7" && problem(guest.text) == .guest)
    }

    @Test func `a name whose folded form is too long is too long`() {
        #expect(problem(String(repeating: "\u{FDFA}", count: 7)) == nil)
        #expect(problem(String(repeating: "\u{FDFA}", count: 8)) == .tooLong)
        #expect(problem(String(repeating: "\u{3300}", count: 21)) == nil)
    }

    @Test(arguments: [
        "Ana se ha ido a logs", "x went to y", "Ana se ha unido", "Ana SE HA UNIDO al chat.",
        "x se ha unidos", "b ha abandonado",
        "Ana ahora es Bob", "Ana ahora es", "ahora es Bob", "se ha unido", "x joined the chat",
        "X Left The Chat!", "Ana is now Bob", "is now Bob", "Ana ｉｓ now", "Ana ſe ha unido",
        "Ana is ⓝow",
    ])
    func `the words of a notice are refused in any language and form`(raw: String) {
        #expect(problem(raw) == .notice)
    }

    @Test(arguments: [
        ("Ana", "ana"), ("Ana", "ＡＮＡ"), ("Jose\u{301}", "JOSÉ"), ("Straße", "STRASSE"),
        ("Straße", "STRAẞE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("ﬁn", "FIN"), ("İ", "i\u{307}"), ("ı", "I"),
        ("ǆ", "ǅ"), ("a¹", "A1"), ("Ⅷ", "viii"), ("Ꭰ", "ꭰ"), ("\u{1112}\u{1161}\u{11AB}", "한"),
        ("ᾳ", "ΑΙ"), ("ŉ", "ʼN"), ("Å", "å"), ("ﬃ", "FFI"),
    ])
    func `case and compatibility form make no other name`(one: String, other: String) throws {
        let (first, second) = (try Name(one), try Name(other))
        #expect(first.key.utf8.elementsEqual(second.key.utf8), "\(first.key) \(second.key)")
        #expect(first.key == second.key)
        #expect(Array(other.utf8).withUnsafeBytes { first.isSpelled(by: $0) })
        #expect(Array(one.utf8).withUnsafeBytes { second.isSpelled(by: $0) })
    }

    @Test(arguments: [
        ("Ana", "Anna"), ("a", "á"), ("Ana", "Ana."), ("ana", "an a"),
    ])
    func `other letters make another name`(one: String, other: String) throws {
        let (first, second) = (try Name(one), try Name(other))
        #expect(first.key != second.key)
        #expect(!Array(other.utf8).withUnsafeBytes { first.isSpelled(by: $0) })
    }

    @Test func `a name is kept in NFC with its prefix ready`() throws {
        let name = try Name("Jose\u{301}")
        #expect(Array(name.text.utf8) == [0x4A, 0x6F, 0x73, 0xC3, 0xA9])
        #expect(name.prefix == Array("José: ".utf8))
        // 32 syllables of three jamo each are too many bytes only until they are composed.
        let syllables = String(repeating: "\u{1112}\u{1161}\u{11AB}", count: 21)
        #expect(try Name(syllables).text.utf8.count == 63)
    }

    @Test func `each character alone is a name or refused, and its key is stable`() {
        for value in UInt32(0)...0x10FFFF {
            // Ideographs, syllables and unassigned planes are alike: some of each are enough.
            let isVaried = value < 0x3400 || 0xF900..<0x11000 ~= value || 0x1D000..<0x20000 ~= value
            guard isVaried || value % 101 == 0, let scalar = Unicode.Scalar(value) else { continue }
            let category = scalar.properties.generalCategory
            guard category != .unassigned, category != .privateUse,
                let name = try? Name("x\(scalar)", isChosen: false)
            else { continue }
            let hex = String(value, radix: 16)
            if !NameFolding.key(name.key).utf8.elementsEqual(name.key.utf8) {
                Issue.record("the key of U+\(hex) is not stable")
            }
            if (try? Name(name.text, isChosen: false)) != name {
                Issue.record("the form of U+\(hex) is not stable")
            }
            if name.text != "x\(scalar)" { Issue.record("U+\(hex) became another character") }
            for form in [name.text, name.key] where form.unicodeScalars.contains(where: isRefused) {
                Issue.record("U+\(hex) was let in")
            }
        }
    }

    private func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        NameRules.reserved.contains(scalar) || scalar.properties.isDefaultIgnorableCodePoint
            || scalar.properties.isWhitespace && scalar != " "
    }
}
