import MessageBus
import Testing

@testable import Bridges

@Suite struct WordMatcherTests {
    @Test(arguments: [
        ("hola", "Hola, mundo", true), ("hola", "holanda", false), ("hola*", "holanda", true),
        ("HOLA", "¡hola!", true), ("cafe", "CAFÉ", true), ("café", "cafe", true),
        ("café", "cafe\u{301}", true), ("ñu", "nu", true), ("mundo hola", "hola mundo", true),
        ("\"hola mundo\"", "hola,  mundo", true), ("\"mundo hola\"", "hola mundo", false),
        ("\"hola mun*\"", "hola mundial", true), ("\"hola mun", "hola mun", true),
        ("a-b", "a b", true), ("a-b", "b a", false), ("a_b", "a b", true), ("10.2", "v10.2", false),
        ("10.2", "a 10.2.", true), ("uno dos", "uno\ndos", true), ("дом", "ДОМ", true),
        ("漢字", "漢字", true), ("漢*", "漢字 あ", true), ("hola nada", "hola", false),
        ("x", "", false), ("\"a\"\"b\"", "b a", true), ("OR", "or", true),
        ("NEAR(a", "near a", true),
    ])
    func `words are found as the store finds them`(
        words: String, text: String, isFound: Bool
    ) throws {
        let matcher = WordMatcher(try #require(SearchWords(words)))
        #expect(matcher.matches(Body(text)) == isFound)
    }
}
