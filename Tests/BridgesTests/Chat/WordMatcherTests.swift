import MessageBus
import TestSupport
import Testing

@testable import Chat

@Suite struct WordMatcherTests {
    @Test(arguments: SearchSamples.all)
    func `words are found as the store finds them`(sample: SearchSamples.Sample) throws {
        let matcher = WordMatcher(try #require(SearchWords(sample.words)))
        #expect(matcher.matches(Body(sample.text)) == sample.isFound)
    }
}
