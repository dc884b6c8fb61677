/// Searches, texts, and the expected results: for all kinds of search, because they have to
/// agree.
package enum SearchSamples {
    /// One search.
    package struct Sample: Sendable, CustomStringConvertible {
        /// The words that somebody types.
        package let words: String
        /// The text that is searched.
        package let text: String
        /// True if the words find the text.
        package let isFound: Bool

        /// As it stands in a test's report.
        package var description: String { "\(words) in \(text)" }
    }

    /// All of them.
    package static let all = samples.map { Sample(words: $0, text: $1, isFound: $2) }

    private static let samples: [(String, String, Bool)] = [
        ("hola", "Hola, mundo", true), ("hola", "holanda", false), ("hola*", "holanda", true),
        ("HOLA", "¡hola!", true), ("cafe", "CAFÉ", true), ("café", "cafe", true),
        ("café", "cafe\u{301}", true), ("ñu", "nu", true), ("mundo hola", "hola mundo", true),
        ("\"hola mundo\"", "hola,  mundo", true), ("\"mundo hola\"", "hola mundo", false),
        ("\"hola mun*\"", "hola mundial", true), ("\"hola mun", "hola mun", true),
        ("a-b", "a b", true), ("a-b", "b a", false), ("a_b", "a b", true),
        ("10.2", "v10.2", false), ("10.2", "a 10.2.", true), ("uno dos", "uno\ndos", true),
        ("дом", "ДОМ", true), ("hola nada", "hola", false), ("x", "", false),
        ("\"a\"\"b\"", "b a", true), ("OR", "or", true), ("NEAR(a", "near a", true),
        // Case that makes one letter of two, or two of one.
        ("STRASSE", "straße", true), ("straße", "STRASSE", true), ("ẞ", "ss", true),
        ("straß*", "Straßenbahn", true), ("ΟΔΟΣ", "οδος", true), ("οδοσ", "ΟΔΟΣ", true),
        ("istanbul", "İSTANBUL", true), ("ﬁn", "FIN", true), ("ŵ", "W", true),
        // What is hidden or only looks different.
        ("casino", "ca\u{200B}si\u{AD}no", true), ("ca\u{200B}sino", "casino", true),
        ("casino", "ｃａｓｉｎｏ 𝐜𝐚𝐬", true), ("４２", "42", true), ("2", "x² x2", false),
        // Writings without spaces between words.
        ("漢字", "漢字", true), ("漢*", "漢字 あ", true), ("東京", "私は東京に住んでいます。", true),
        ("住んで", "私は東京に住んでいます。", true), ("京東", "東京", false), ("京都", "東京都庁", true),
        ("タワー", "東京タワーへ", true), ("ﾀﾜｰ", "東京タワーへ", true), ("が", "ありか\u{3099}とう", true),
        ("東京tower", "東京Tower", true), ("tower", "東京Towerへ", true), ("中国", "我爱中国人民", true),
        ("กิน", "ฉันกินข้าวแล้ว", true), ("ข้าว", "ฉันกินข้าวแล้ว", true), ("ข้าวกิน", "ฉันกินข้าวแล้ว", false),
        ("ລາວ", "ພາສາລາວ", true), ("ភាសា", "ខ្ញុំនិយាយភាសាខ្មែរ", true), ("မြန်မာ", "ကျွန်တော်မြန်မာစကား", true),
        ("ㄅㄆ", "ㄅㄆㄇ", true), ("𠮷野", "焼肉𠮷野家", true),
        // Others that have them.
        ("하나", "하나 둘", true), ("하나", "\u{1112}\u{1161}나", true), ("하", "하나", false),
        ("कमल", "कमल खिला", true), ("שלום", "שָׁלוֹם", true), ("محمد", "مُحَمَّد", true),
    ]
}
