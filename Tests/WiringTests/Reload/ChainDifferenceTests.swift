import MessageBus
import Testing

@testable import Wiring

@Suite struct ChainDifferenceTests {
    private static func difference(_ old: [String], _ new: [String]) throws -> ChainDifference {
        ChainDifference(from: try entries(old), to: try entries(new))
    }

    private static func entries(_ steps: [String]) throws -> [MiddlewareEntry] {
        try configuration(
            """
            { "middleware": [\(steps.joined(separator: ","))], "bridges": [{ "type": "tcp" }] }
            """
        ).middleware
    }

    private static let (a, b) = (
        #"{ "type": "limit", "messages": 1 }"#, #"{ "type": "limit", "messages": 2 }"#
    )

    @Test func `equal chains differ in nothing`() throws {
        let difference = try Self.difference([Self.a, Self.b], [Self.a, Self.b])
        #expect(difference.lines.isEmpty)
        #expect(!difference.isExchanged)
        #expect(difference.origins == [0, 1])
    }

    @Test func `equal steps are matched the first with the first`() throws {
        let difference = try Self.difference([Self.a, Self.a, Self.b], [Self.a, Self.b, Self.a])
        #expect(difference.origins == [0, 2, 1])
        #expect(difference.lines == ["middleware[2] limit: moved"])
    }

    @Test func `a step in front moves no other`() throws {
        let difference = try Self.difference([Self.a], [Self.b, Self.a])
        #expect(difference.lines == ["middleware[0] limit is new"])
        #expect(difference.isExchanged)
        #expect(difference.origins == [nil, 0])
    }

    @Test func `a step that says something else has changed`() throws {
        let difference = try Self.difference([Self.a], [Self.b])
        #expect(difference.lines == ["middleware[0] limit: changed"])
    }

    @Test func `a step that is gone is named where it was`() throws {
        let difference = try Self.difference([Self.a, Self.b], [Self.a])
        #expect(difference.lines == ["middleware[1] limit is removed"])
    }
}
