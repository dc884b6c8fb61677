import MessageBus
import Testing

@testable import Chat

@Suite struct NameCleaningTests {
    private let phrases = Phrases(.es)

    @Test(arguments: [
        ("Ana", "Ana"), ("Ana: hola", "Ana hola"), ("  Ana \t López\n", "Ana López"),
        ("Ana (admin)", "Ana admin"), ("Ana \"la\" López", "Ana la López"),
        ("127.0.0.1", "127.0.0.1"),
        ("Аna", "Аna"),
        (String(repeating: "\u{FDFA}", count: 99), String(repeating: "\u{FDFA}", count: 7)),
        ("[bot] Ana → Bob", "bot Ana Bob"), ("a：b", "a b"),
        ("⑴Ana", "Ana"), ("\u{202E}anA\u{2066}", "anA"), ("A\u{200B}na", "Ana"), ("👩‍👧", "👩👧"),
        ("❤\u{FE0F} Ana", "❤ Ana"), ("/@#*Ana*", "Ana*"), ("／Ana", "Ana"), ("a\u{A0}b", "a b"),
        ("a\u{1B}[31mb", "a 31mb"), ("\u{301}Ana", "Ana"), ("Jose\u{200B}\u{301}", "José"),
        ("Ana\u{3000}\u{3000}Bob", "Ana Bob"), ("\u{E000}Ana", "Ana"), ("app.log", "app.log"),
        (String(repeating: "ñ", count: 50), String(repeating: "ñ", count: 32)),
        (String(repeating: "😀", count: 50), String(repeating: "😀", count: 16)),
        (String(repeating: "a", count: 31) + " b", String(repeating: "a", count: 31)),
        ("Ana se ha unido al chat.", "Ana_se_ha_unido_al_chat."), ("is now Bob", "is_now_Bob"),
        ("", "sin nombre"), (":()[]", "sin nombre"), ("\u{200B}", "sin nombre"),
        ("servidor", "sin nombre"), (" SERVER: ", "sin nombre"), ("@", "sin nombre"),
    ])
    func `a name from elsewhere becomes a valid name`(raw: String, expected: String) {
        #expect(Name(cleaning: raw, phrases: phrases).text == expected)
    }

    @Test(arguments: Language.allCases)
    func `the placeholder is a name`(language: Language) throws {
        let phrases = Phrases(language)
        #expect(try Name(phrases.nameless) == Name(placeholderIn: phrases))
    }

    @Test func `any text becomes a name, and cleaning it again changes nothing`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomNames(seed: seed)
        for _ in 0..<1_500 {
            let raw = random.text(upTo: 40)
            let name = Name(cleaning: raw, phrases: phrases)
            #expect(try Name(name.text, isChosen: false) == name, "seed \(seed)")
            #expect(Name(cleaning: name.text, phrases: phrases) == name, "seed \(seed)")
        }
    }

    @Test func `no scalar folds to more scalars than its bound`() {
        // The blocks with compatibility characters.
        let blocks: [ClosedRange<UInt32>] = [
            0x80...0x33FF, 0xA640...0xABFF, 0xF900...0xFFFF, 0x1D000...0x1FBFF,
        ]
        for scalar in blocks.joined().compactMap(Unicode.Scalar.init) {
            let folded = NameFolding.key(String(Character(scalar))).unicodeScalars.count
            #expect(folded <= NameFolding.maxScalars(of: scalar), "\(scalar.value)")
        }
    }
}
