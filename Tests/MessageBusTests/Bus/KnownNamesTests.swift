import Testing

@testable import MessageBus

@Suite struct KnownNamesTests {
    @Test func `who goes to and fro between two names pushes nobody out`() {
        var names = KnownNames()
        names.take("ana maría")
        names.leave("ana maría", at: 1)
        for turn in 0..<Int64(3 * KnownNames.mostLeft) {
            let key = turn.isMultiple(of: 2) ? "u" : "v"
            names.take(key)
            names.leave(key, at: 2 + turn)
        }
        let (soon, late) = (
            names.isRemembered("ana maría", at: 1_000_000),
            names.isRemembered("ana maría", at: KnownNames.patience + 2)
        )
        #expect(soon && !late)
    }

    @Test func `the oldest of too many are forgotten first`() {
        var names = KnownNames()
        for number in 0...Int64(KnownNames.mostLeft) { names.leave("\(number)", at: number) }
        let oldest = names.isRemembered("0", at: 20_000)
        let next = names.isRemembered("1", at: 20_000)
        #expect(!oldest && next)
    }
}
