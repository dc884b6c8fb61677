import AllocationCounter
import MessageBus
import Testing

@testable import Chat

@Suite struct ClientLineAllocationTests {
    private let grammar = LineGrammar(Phrases(.es))

    @Test(arguments: [
        "ana: hola, ¿qué tal?", "hola", "ANA: hola", "/msg bob hola", "bob: hola http://x: y",
        "ana ha abandonado el chat.", "bob ha abandonado el chat.", "ana: //x",
    ])
    func `a line of a client with a name allocates nothing`(line: String) throws {
        let name = try Name("ana")
        let bytes = Array(line.utf8)
        let spent = bytes.withUnsafeBytes { buffer in
            // The first call allocates memory that the runtime keeps for all later ones.
            _ = grammar.meaning(of: buffer, from: name)
            let before = allocation_count()
            var leaves = 0
            for _ in 0..<10 where grammar.meaning(of: buffer, from: name) == .leave { leaves += 1 }
            return Int(allocation_count() - before) + min(leaves, 0)
        }
        #expect(spent == 0)
    }
}
